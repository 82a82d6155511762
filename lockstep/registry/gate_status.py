"""Print the verdict on the last run's model, and exit with 1 if it is not a pass: for CI.

Examples:
  python -m lockstep gate
"""

import argparse
import sys
from pathlib import Path

from lockstep.core.escaping import terminal_text
from lockstep.core.files import read_json


def main() -> None:
    """Print verdict and reasons."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.parse_args()
    gate = read_json(Path("metrics/gate.json"), "verdict", "checks")
    print(f"verdict: {terminal_text(gate['verdict'])}")
    for check in gate["checks"]:
        if not check["passed"]:
            print(f"  {terminal_text(check['reason'])}")
    sys.exit(gate["verdict"] != "pass")
