"""The quarter of an hour: what each client does, and when.

A scene is a function with the second (of the recording, before stretching) at which it
starts; each runs in a thread of its own. `before` holds what is older than the recording.
Not here: servers (programs.py).
"""

import subprocess
import threading
import time

import pexpect

import messages
from net import inside, run, sh
from programs import avahi, print_client_library, write
from table import DOMAIN, HOSTS, LAB, PYTHON, RUN, hostname, ip, link_local, netns

SCENES = []
LENGTH = 88  # seconds
SECRET = "Sommer2026"

CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36"
FIREFOX = "Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
IPHONE = ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
          "Version/18.6 Mobile/15E148 Safari/604.1 Grusskarte/3.1 (Theodelinde)")
ANDROID = "Mozilla/5.0 (Linux; Android 14; SM-A546B) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Mobile Safari/537.36"
SNOM = "Mozilla/4.0 (compatible; snomD735-SIP)"


def at(*seconds: float):
    """Register a scene; several seconds repeat it."""
    def register(scene):
        SCENES.extend((second, scene) for second in seconds)
        return scene
    return register


def play() -> None:
    """Play all scenes at their times and wait for the last to end."""
    began, threads = time.monotonic(), []
    for second, scene in sorted(SCENES, key=lambda s: s[0]):
        time.sleep(max(0, began + second - time.monotonic()))
        threads.append(threading.Thread(target=scene, daemon=True))
        threads[-1].start()
    time.sleep(max(0, began + LENGTH - time.monotonic()))
    for thread in threads:
        thread.join(timeout=15)


# ------------------------------------------------------------ talking programs

class Obedient:
    """A client that opens its connection at once and then acts on each line (mllp_client.py, modality.py)."""

    def __init__(self, host: str, script: str, *arguments):
        self.host, self.lock = host, threading.Lock()
        log = open(RUN / host / f"{script}.log", "ab")
        self.process = subprocess.Popen(inside(host, [PYTHON, LAB / "hosts" / script, *arguments]), text=True,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log)
        self.expect_ok("connect")

    def tell(self, line) -> None:
        with self.lock:
            self.process.stdin.write(f"{line}\n")
            self.process.stdin.flush()
            self.expect_ok(line)

    def expect_ok(self, what) -> None:
        answer = self.process.stdout.readline().strip()
        if answer != "ok":
            print(f"  ! {self.host}: {what}: {answer or 'ended'}", flush=True)

    def close(self) -> None:
        self.process.stdin.close()
        self.process.wait(timeout=10)


class Sender(Obedient):
    """An HL7 sender."""
    count = 0

    def __init__(self, host: str, target: str, port: int):
        super().__init__(host, "mllp_client.py", ip(target), port)

    def send(self, text: str) -> None:
        Sender.count += 1
        path = RUN / self.host / f"message-{Sender.count}.hl7"
        path.write_bytes(text.encode("latin-1"))
        self.tell(path)


def modality(host: str, title: str, implementation: str) -> Obedient:
    return Obedient(host, "modality.py", title, implementation, ip("pacs"), 104)


def image(host: str, number: int):
    return RUN / host / "images" / f"{number:02d}.dcm"


OLD = {}  # connections older than the recording


def before() -> None:
    """Open the connections that the recording finds already there, and use each once."""
    OLD["adt"] = Sender("his", "engine", 6661)
    OLD["adt"].send(messages.admit("ST1"))
    OLD["mr"] = modality("mr-1", "MRSOLA1", "SYNGO_MR_XA61")
    OLD["mr"].tell(image("mr-1", 1))
    write("ward-ws", "Kornelkirschner_Arztbrief.txt", "")
    (RUN / "ward-ws" / "Kornelkirschner_Arztbrief.txt").write_bytes("Arztbrief fuer Preiselbeermann, Hilarius\r\n".encode("utf-16"))
    (RUN / "cr-1" / "share" / "Aufnahme.txt").write_text("Geraetebuch\n" * 30)
    write("it-admin", "Felsenbirnig.txt", "Befund Felsenbirnig, Kreszentia\n")
    psql("create table fall (id int, name text); insert into fall select i, 'Moosbeerlein, Fridolin' from generate_series(1,3) i")


def forget_neighbours() -> None:
    """Empty all ARP caches, so that the recording shows who has which address."""
    for host in HOSTS:
        sh("ip", "-n", netns(host), "neigh", "flush", "all")


# ------------------------------------------------------------ DHCP

VENDOR_CLASSES = {"windows": "MSFT 5.0", "android": "android-dhcp-14", "snom": "snom-D735", "camera": "AXIS,Network Camera,M3065-V",
                  "printer": "Hewlett-Packard JetDirect", "sensor": "udhcp"}
# Parameter request lists (option 55) as such devices send them.
REQUESTS = {
    "windows": "1,3,6,15,31,33,43,44,46,47,119,121,249,252", "ios": "1,121,3,6,15,108,114,119,252",
    "android": "1,3,6,15,26,28,51,58,59,43,114,108", "snom": "1,3,6,7,12,15,28,42,43,66,67,120,125,132",
    "camera": "1,3,6,12,15,28,42,66,67,43", "printer": "6,3,1,15,66,67,13,44,12,81,252,42,119",
    "sensor": "1,3,6,12,15,28,42", "linux": "1,28,2,3,15,6,119,12,44,47,26,121,42"}
STANDARD = {1: "subnet-mask", 2: "time-offset", 3: "routers", 6: "domain-name-servers", 7: "log-servers", 12: "host-name",
            13: "boot-size", 15: "domain-name", 26: "interface-mtu", 28: "broadcast-address", 31: "router-discovery",
            33: "static-routes", 42: "ntp-servers", 43: "vendor-encapsulated-options", 44: "netbios-name-servers",
            46: "netbios-node-type", 47: "netbios-scope", 51: "dhcp-lease-time", 58: "dhcp-renewal-time",
            59: "dhcp-rebinding-time", 66: "tftp-server-name", 67: "bootfile-name", 119: "domain-search"}


def lease(host: str) -> None:
    """Get an address with dhclient, dressed as the device that the host is."""
    kind = HOSTS[host]["dhcp"]
    codes = [int(c) for c in REQUESTS[kind].split(",")]
    own = [c for c in codes if c not in STANDARD]
    text = "".join(f"option own-{c} code {c} = string;\n" for c in own)
    text += f'send host-name "{hostname(HOSTS[host])}";\n'
    if kind in VENDOR_CLASSES:
        text += f'send vendor-class-identifier "{VENDOR_CLASSES[kind]}";\n'
    if kind in ("windows", "ios", "android"):
        text += f"send dhcp-client-identifier 1:{HOSTS[host]['mac']};\n"
    if kind == "windows":
        text += f'send fqdn.fqdn "{hostname(HOSTS[host])}.{DOMAIN}";\nsend fqdn.encoded on;\n'
    text += "request " + ", ".join(STANDARD.get(c, f"own-{c}") for c in codes) + ";\ntimeout 15;\ninitial-interval 1;\n"
    conf = write(host, "dhclient.conf", text)
    run(host, ["dhclient", "-1", "-cf", conf, "-lf", RUN / host / "leases", "-pf", RUN / host / "dhclient.pid",
               "-sf", LAB / "hosts" / "dhclient-script", "eth0"])


def leasing(second: float, host: str) -> None:
    SCENES.append((second, lambda: lease(host)))


for number, name in enumerate(("printer-1", "camera-1", "ward-ws", "office-ws", "it-admin", "rad-ws", "phone-ward",
                               "room-sensor", "guest-iphone", "guest-android")):
    leasing(0.5 + number * 0.9, name)


# ------------------------------------------------------------ clinical

@at(3, 11, 19, 34, 52, 70)
def admissions() -> None:
    OLD["adt"].send(messages.admit("ST3"))


@at(15)
def referral() -> None:
    OLD["adt"].send(messages.referral())


@at(24)
def orders() -> None:
    OLD["adt"].send(messages.order("CBC"))
    onward = Sender("engine", "lis", 2576)
    onward.send(messages.order("CBC"))
    time.sleep(2)
    onward.send(messages.order("CRP"))
    onward.close()


@at(28)
def results() -> None:
    analyser = Sender("analyser-1", "lis", 2576)
    for number in range(1, 7):
        analyser.send(messages.blood_count(number))
        time.sleep(5)
    analyser.close()


@at(6)
def vital_signs() -> None:
    monitor = Sender("monitor-1", "engine", 6661)
    for pulse in (72, 74, 71, 70, 75, 77, 73, 72):
        monitor.send(messages.vital_signs(pulse))
        time.sleep(9)
    monitor.close()


def psql(statement: str) -> None:
    run("his", ["env", "PGPASSWORD=Winter2026", "psql", "-q", f"host={ip('db')} user=kis dbname=postgres sslmode=disable gssencmode=disable",
                "-c", statement])


@at(8, 40)
def database() -> None:
    psql("select * from fall")


# ------------------------------------------------------------ imaging

@at(5, 21, 45, 66)
def mr() -> None:
    OLD["mr"].tell("echo")
    OLD["mr"].tell(image("mr-1", 2 + len(OLD.setdefault("sent", []))))
    OLD["sent"].append(1)


@at(10)
def ct() -> None:
    who = ["-aet", "CT1", "-aec", "SANKTLUKAS"]
    run("ct-1", ["echoscu", *who, ip("pacs"), 104])
    run("ct-1", ["sh", "-c", f"dump2dcm -q {RUN}/ct-1/worklist.dump {RUN}/ct-1/query.dcm"])
    run("ct-1", ["findscu", "-S", *who, ip("pacs"), 104, RUN / "ct-1" / "query.dcm"])
    for part in ((1, 2, 3, 4), (5, 6, 7, 8)):
        run("ct-1", ["storescu", *who, ip("pacs"), 104, *[image("ct-1", n) for n in part]])
        time.sleep(20)


@at(26)
def ultrasound() -> None:
    us = modality("us-1", "USKARDIO", "SAMSUNG_HS70A")
    for number in (1, 2, 3, 4):
        us.tell(image("us-1", number))
        time.sleep(3)
    us.close()


@at(37)
def xray() -> None:
    cr = modality("cr-1", "CRAUFNAHME", "AGFA_NX_8900")
    cr.tell("echo")
    cr.tell(image("cr-1", 1))
    cr.tell(image("cr-1", 2))
    cr.close()


@at(48)
def reading_room() -> None:
    run("rad-ws", ["findscu", "-S", "-aet", "BEFUND2", "-aec", "SANKTLUKAS", "-k", "0008,0052=STUDY", "-k", "0010,0010=Hagebuttner*",
                   "-k", "0020,000D", ip("pacs"), 104])
    curl("rad-ws", f"https://pacs.{DOMAIN}/", CHROME)
    smb("rad-ws", "cr-1", "get Aufnahme.txt", "-m", "NT1", "--option=client min protocol=NT1")


# ------------------------------------------------------------ web, files, print

def curl(host: str, url: str, agent: str, *more) -> None:
    run(host, ["curl", "-sk", "-o", "/dev/null", "-A", agent, *more, url])


def smb(host: str, server: str, command: str, *more) -> None:
    conf = RUN / host / "smbclient.conf"
    if not conf.exists():
        for folder in ("lock", "private"):
            (RUN / host / folder).mkdir(exist_ok=True)
        conf.write_text(f"[global]\nworkgroup = SANKTLUKAS\nnetbios name = {hostname(HOSTS[host])[:15]}\nlock directory = {RUN}/{host}/lock\n"
                        f"state directory = {RUN}/{host}/lock\ncache directory = {RUN}/{host}/lock\nprivate dir = {RUN}/{host}/private\n")
    run(host, ["smbclient", "-s", conf, f"//{ip(server)}/austausch", "-U", f"schwester.adelgunde%{SECRET}", *more, "-c", command])


@at(14, 58)
def ward() -> None:
    curl("ward-ws", f"http://kis.{DOMAIN}/fall?patient=Holunderhofer", CHROME, "-b", "sitzung=Sanddornsen-8812")
    curl("ward-ws", f"https://kis.{DOMAIN}/anmeldung", CHROME)
    curl("ward-ws", f"http://kis.{DOMAIN}/suche", CHROME, "-d", "name=Vogelbeerfeld&station=3")
    smb("ward-ws", "files", "put Kornelkirschner_Arztbrief.txt; dir")


@at(17, 62)
def office() -> None:
    curl("office-ws", f"https://intranet.{DOMAIN}/", CHROME)
    curl("office-ws", f"http://dienstplan.{DOMAIN}/plan", CHROME, "-u", "oberarzt.liebetraut:Fruehling26")
    curl("office-ws", f"https://glt.{DOMAIN}/", CHROME, "--tls-max", "1.0", "--ciphers", "DEFAULT@SECLEVEL=0")


@at(32)
def office_files() -> None:
    smb("office-ws", "files", "dir")


@at(22)
def print_page() -> None:
    write("office-ws", "page.txt", "Speiseplan der Woche\n" * 20)
    run("office-ws", ["env", f"LD_LIBRARY_PATH={print_client_library()}", "ipptool", "-q", "-f", RUN / "office-ws" / "page.txt", "-d", "filetype=text/plain",
                      f"ipp://{ip('printer-1')}:631/ipp/print", "get-printer-attributes.test"])
    job = "\x1b%-12345X@PJL INFO ID\r\n\x1b%-12345X" + "Speiseplan\r\n" * 40
    run("office-ws", ["sh", "-c", f"curl -s -m 2 telnet://{ip('printer-1')}:9100 || true"], text=job)
    for host in ("printer-1", "core-router"):
        run("office-ws", ["ping", "-6", "-c", "2", "-i", "0.3", f"{link_local(HOSTS[host]['mac'])}%eth0"])


@at(12, 54)
def desk_phone() -> None:
    curl("phone-ward", f"http://intranet.{DOMAIN}/provisioning/snomD735.xml", SNOM)


# ------------------------------------------------------------ announcements

@at(9)
def announce_camera() -> None:
    avahi("camera-1", ("AXIS M3065-V - ACCC8E1203F1", "_axis-video._tcp", 80, ["macaddress=ACCC8E1203F1"]),
          ("AXIS M3065-V - ACCC8E1203F1", "_rtsp._tcp", 554, ["path=axis-media/media.amp"]))


@at(13)
def announce_telephone() -> None:
    avahi("guest-iphone", ("Kunigundas iPhone", "_rdlink._tcp", 49152, ["rpBA=5C:1F:00:00:00:01", "rpVr=600.8"]))


@at(20, 68)
def look_for_printers() -> None:
    run("office-ws", [PYTHON, LAB / "hosts" / "browse_mdns.py", "_ipp._tcp.local.", "_pdl-datastream._tcp.local."])


# ------------------------------------------------------------ management

COMMUNITIES = {"pump-1": "public", "bms": "public", "core-router": "lukas-netz-7", "ap-guest-1": "lukas-netz-7"}
SYSTEM = ["1.3.6.1.2.1.1.1.0", "1.3.6.1.2.1.1.2.0", "1.3.6.1.2.1.1.5.0", "1.3.6.1.2.1.1.6.0"]


@at(16, 46, 76)
def poll() -> None:
    for host, community in COMMUNITIES.items():
        run("it-admin", ["snmpget", "-v2c", "-c", community, "-On", ip(host), *SYSTEM])


@at(25)
def reach() -> None:
    for host in HOSTS:
        if HOSTS[host]["subnet"] in ("clinical", "building"):
            run("it-admin", ["ping", "-c", "1", "-W", "1", ip(host)])
    run("lis", ["ping", "-c", "2", "-i", "0.5", ip("silent")])


@at(30)
def log_in_by_ssh() -> None:
    for host in ("files", "legacy"):
        run("it-admin", ["sshpass", "-p", SECRET, "ssh", "-F", "none", "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null",
                         "-o", "PreferredAuthentications=password", f"wartung@{ip(host)}", "uptime"])


@at(38)
def upload() -> None:
    run("it-admin", ["lftp", "-u", f"befundimport,{SECRET}", "-e",
                     "set ftp:ssl-allow no; set net:max-retries 1; put Felsenbirnig.txt; ls; bye", ip("legacy")])


@at(42)
def service_console() -> None:
    terminal = pexpect.spawn(inside("it-admin", ["telnet", ip("pump-1")])[0], inside("it-admin", ["telnet", ip("pump-1")])[1:], timeout=10)
    for prompt, answer in (("login: ", "service"), ("Password: ", "space4711"), ("service> ", "status"), ("service> ", "exit")):
        terminal.expect(prompt)
        terminal.sendline(answer)
    terminal.expect(pexpect.EOF)


@at(50)
def watch_camera() -> None:
    view = f"gst-launch-1.0 -q rtspsrc location=rtsp://{ip('camera-1')}/axis-media/media.amp protocols=tcp user-agent=Kameraansicht ! fakesink"
    run("it-admin", ["sh", "-c", f"timeout -s INT 10 {view} || true"])


@at(56)
def administration() -> None:
    curl("it-admin", f"http://intranet.{DOMAIN}/", FIREFOX)
    curl("it-admin", f"http://dienstplan.{DOMAIN}/", FIREFOX)


# ------------------------------------------------------------ building, guests, time

@at(18, 33, 48, 63, 78)
def room_climate() -> None:
    for topic, value in (("temperatur", "21.4"), ("co2", "612"), ("feuchte", "43")):
        run("room-sensor", ["mosquitto_pub", "-h", ip("bms"), "-i", "BELIMO-22RTM-5901", "-t", f"gebaeude/op1/{topic}", "-m", value])


@at(23, 64)
def guests() -> None:
    curl("guest-iphone", f"http://willkommen.{DOMAIN}/gast", IPHONE)
    curl("guest-android", f"http://willkommen.{DOMAIN}/gast", ANDROID)


@at(27)
def guest_looks_around() -> None:
    run("guest-iphone", [PYTHON, LAB / "hosts" / "browse_mdns.py", "_airplay._tcp.local.", "_ipp._tcp.local."])


@at(36)
def clocks() -> None:
    for host in ("his", "lis", "ct-1", "bms", "cr-1"):
        run(host, ["chronyd", "-Q", "-t", "3", "-f", "/dev/null", f"server {ip('infra')} iburst maxsamples 1"])
