"""`python -m breachreg.healthcheck`: exit 0 when the web server beside us answers that it is well."""

import http.client
import os
import sys


def host_to_name() -> str:
    """A host name that the site answers to, from ALLOWED_HOSTS."""
    first = os.environ.get("ALLOWED_HOSTS", "localhost").split(",")[0].strip().lstrip(".")
    return "localhost" if first in ("", "*") else first


def is_well(port: int, seconds: float = 5) -> bool:
    """Whether /health/ answers 200 within so many seconds, as if asked over HTTPS through the proxy."""
    headers = {"Host": host_to_name(), "X-Forwarded-Proto": "https"}
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=seconds)
    try:
        connection.request("GET", "/health/", headers=headers)
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(0 if is_well(int(os.environ.get("BIND", ":8000").rpartition(":")[2])) else 1)
