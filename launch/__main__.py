"""python3 -m launch COMMAND: enter the right environment and run launch.COMMAND there (standard library only)."""

from __future__ import annotations

import sys

from launch.environment import enter

# A command, the environment it needs, and its module.
COMMANDS = {
    "demo": ("demo", "launch.demo"),
    "demo-reset": ("demo", "launch.demo_reset"),
    "manage": ("demo", "launch.manage"),
    "doctor": ("demo", "launch.doctor"),
    "test": ("dev", "launch.testing"),
    "check": ("dev", "launch.check"),
    "proofs": ("dev", "launch.proofs"),
    "stripe-live-check": ("dev", "launch.stripe_live_check"),
    "bench": ("dev", "launch.bench"),
    "screens": ("dev", "launch.screens"),
    "scan": ("dev", "launch.scan"),
    "snapshots": ("dev", "launch.snapshots"),
    "messages": ("dev", "launch.messages"),
    "lock": ("dev", "launch.lock"),
    "shell": ("dev", "launch.shell"),
}

if __name__ == "__main__":
    if len(sys.argv) < 2 or sys.argv[1] not in COMMANDS:
        sys.exit("usage: python3 -m launch " + "|".join(COMMANDS))
    kind, module = COMMANDS[sys.argv[1]]
    enter(kind, module, *sys.argv[2:])
