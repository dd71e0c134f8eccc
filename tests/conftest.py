"""What every test gets: keys and a data folder of its own."""

import os
import tempfile

os.environ.setdefault("DATA_DIR", tempfile.mkdtemp(prefix="breachreg-tests-"))
os.environ.setdefault("SECRET_KEY", "only-for-tests-" + "s" * 50)
os.environ.setdefault("AUDIT_KEY", "only-for-tests-" + "a" * 50)
