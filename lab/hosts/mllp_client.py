"""HL7 v2 sender over MLLP (PyPI `hl7`). Arguments: host, port.

Connects at once, then sends the message in each file named on standard input, so that the
lab decides when; says `ok` for each acknowledgement; closes at the end of input.
"""

import asyncio
import pathlib
import sys

import hl7
from hl7.mllp import open_hl7_connection


async def main() -> None:
    reader, writer = await open_hl7_connection(sys.argv[1], int(sys.argv[2]), encoding="latin-1")
    print("ok", flush=True)
    loop = asyncio.get_running_loop()
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        writer.writemessage(hl7.parse(pathlib.Path(line.strip()).read_bytes().decode("latin-1")))
        await writer.drain()
        await reader.readmessage()
        print("ok", flush=True)
    writer.close()
    await writer.wait_closed()


asyncio.run(main())
