"""mDNS browser (PyPI `zeroconf`): looks for the services named in the arguments for three seconds."""

import sys
import time

from zeroconf import IPVersion, ServiceBrowser, Zeroconf


class Listener:
    def add_service(self, zeroconf, kind, name) -> None:
        zeroconf.get_service_info(kind, name, timeout=1000)

    update_service = remove_service = add_service


browser = Zeroconf(ip_version=IPVersion.All)
ServiceBrowser(browser, sys.argv[1:], Listener())
time.sleep(3)
browser.close()
