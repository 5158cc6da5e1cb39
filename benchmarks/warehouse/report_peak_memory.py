"""Runs a command and writes its wall time, processor time and peak memory to file descriptor 3, as JSON.

python report_peak_memory.py dbt build …
"""

import json
import os
import resource
import subprocess
import sys
import time

start = time.perf_counter()
status = subprocess.run(sys.argv[1:], close_fds=True).returncode
seconds = time.perf_counter() - start
used = resource.getrusage(resource.RUSAGE_CHILDREN)
report = {"seconds": seconds, "processor_seconds": used.ru_utime + used.ru_stime, "megabytes": used.ru_maxrss / 1024}
os.write(3, json.dumps(report).encode())
sys.exit(status)
