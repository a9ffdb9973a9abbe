"""`traced.py PORT OPTIONS… EXAMPLE`: for tests/support/processes.py, whose command line begins with the port."""

import sys

from winsock_ctypes.trace.__main__ import main

sys.exit(main([*sys.argv[2:], sys.argv[1]]))
