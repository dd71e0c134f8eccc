# BreachReg in a container: one image for the web, the worker and the beat (compose.yaml).

FROM python:3.11-slim-bookworm AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /app
COPY requirements.txt ./
RUN python -m venv /venv && /venv/bin/pip install --require-hashes -r requirements.txt
COPY manage.py ./
COPY breachreg breachreg
COPY locale locale
COPY static static
COPY templates templates
ENV DATA_DIR=/tmp/building STATIC_ROOT=/app/staticfiles
# Keys only for the moment of building: nothing is signed or sealed here, and this stage is thrown away.
RUN /venv/bin/python manage.py keys && /venv/bin/python manage.py prepare --no-database

FROM python:3.11-slim-bookworm
# Debian's stable packages change only for security, which is wanted: their versions are not pinned.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install -y --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 pst-utils \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --home-dir /data --shell /usr/sbin/nologin breachreg \
    && install --directory --owner breachreg --mode 0700 /data
COPY --from=build /venv /venv
COPY --from=build /app /app
WORKDIR /app
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 DATA_DIR=/data STATIC_ROOT=/app/staticfiles BIND=0.0.0.0:8000
USER 10001
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=6s --start-period=30s --retries=3 CMD ["python", "-m", "breachreg.healthcheck"]
CMD ["gunicorn", "--config", "python:breachreg.web_server", "breachreg.wsgi"]
