"""HL7 v2 receiver over MLLP (PyPI `hl7`): acknowledges every message. Arguments: port, own MSH-3, own MSH-4."""

import asyncio
import sys

from hl7.mllp import start_hl7_server


async def serve(reader, writer) -> None:
    try:
        while not writer.is_closing():
            message = await reader.readmessage()
            writer.writemessage(message.create_ack(application=sys.argv[2], facility=sys.argv[3]))
            await writer.drain()
    except asyncio.IncompleteReadError:
        writer.close()


async def main() -> None:
    async with await start_hl7_server(serve, port=int(sys.argv[1]), encoding="latin-1") as server:
        await server.serve_forever()


asyncio.run(main())
