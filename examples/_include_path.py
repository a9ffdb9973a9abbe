"""What `cc -I..` is to a C program: lets an example find the package in this checkout, whether installed or not.

It is no part of any port. Where there is no Windows, it says how to run the example instead.
"""

import sys
from pathlib import Path

_root = Path(__file__).resolve().parent.parent
if sys.platform != "win32":
    _example = Path(sys.argv[0]).name
    sys.exit(f"{_example} needs Windows. Here, run it in a Windows Python: tests/wine/python examples/{_example}")
if str(_root) not in sys.path:
    sys.path.insert(1, str(_root))
