"""Build the hospital, play, record, write capture and truth, and tear everything down whatever happens."""

import datetime
import signal
import sys

import net
import programs
import record
import scenes
import truth
from table import EXAMPLES

RECORDED = "2026-11-23T07:00:00Z"
AS_OF = "2026-11-24T00:00:00Z"
STRETCH = 11
NOTE = (f"Recorded from real programs in network namespaces (lab/README.md), then times stretched by the constant factor {STRETCH} "
        f"and moved to start at {RECORDED}. Tags, tunnel, the missing direction of us-1, and swapped and doubled frames of ct-1 are made when merging. All people are synthetic.")


def main() -> None:
    first = int(datetime.datetime.fromisoformat(RECORDED).timestamp()) * 10**9
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    try:
        print("building the hospital", flush=True)
        net.up()
        programs.start_all()
        scenes.before()
        recorders = record.start()
        scenes.forget_neighbours()
        print(f"playing for {scenes.LENGTH} seconds", flush=True)
        scenes.play()
        record.stop(recorders)
        frames = record.merge(EXAMPLES / "clinic.pcapng", first, STRETCH)
        truth.write(EXAMPLES / "clinic.truth.toml", RECORDED, AS_OF, NOTE)
        print(f"{len(frames)} packets, {(frames[-1].time - frames[0].time) // 10**9} seconds", flush=True)
    finally:
        net.down()


if __name__ == "__main__":
    main()
