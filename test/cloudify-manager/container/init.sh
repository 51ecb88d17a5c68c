#!/bin/bash
# In the place of systemd in the tests' containers: tells how it was started, and runs what the test has the manager do.
echo "init: process $$, arguments $*, fd 3 $(readlink "/proc/$$/fd/3"), stdout $(readlink "/proc/$$/fd/1")"
eval "${MANAGER:-}"
