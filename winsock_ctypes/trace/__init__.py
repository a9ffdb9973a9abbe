"""See it happen: `python -m winsock_ctypes.trace -o run.html SCRIPT ARGS…` records a run, to be stepped through in a browser.

`recorder` puts recording functions in the place of the package's own before the script is started, and takes them away
afterwards; a program that is not traced never meets them. `diagnosis` looks for the well-known mistakes in what was
recorded. `page.html` is the page that shows it: a recording is appended to it line by line.

Recording takes some 20 to 40 microseconds a call (measured under Wine, where a call alone takes from 0.2, htons, to 30,
SleepEx): a recorded run is slower, but goes the same way.
"""
