"""The servers: which real program runs on which host, and its settings.

Not here: clients and the order of events (scenes.py).
"""

import json
import pathlib
import re
import shutil
import sys
import time

import certs
import images
from net import run, sh, spawn
from table import DOMAIN, HOSTS, LAB, PYTHON, ROUTER, RUN, SUBNETS, gateway, hostname, ip

ALIASES = {"kis": "his", "glt": "bms", "dienstplan": "rota", "willkommen": "intranet"}


def write(host: str, name: str, text: str) -> pathlib.Path:
    path = RUN / host / name
    path.write_text(text)
    return path


def start_all() -> None:
    certs.make_all(RUN, DOMAIN)
    images.make_all(RUN)
    for start in (name_service, dhcp_relay, time_service, archive, hl7_receivers, database, web_servers, ssh_servers,
                  file_servers, ftp_server, telnet_server, snmp_agents, mqtt_broker, printer, camera):
        start()
    wait_for_all()


def name_service() -> None:
    """dnsmasq: DHCP for all subnets (relayed by the router) and DNS for the domain; it knows no other server."""
    names = [f"{ip(n)} {hostname(h)}.{DOMAIN} {n}.{DOMAIN}" for n, h in HOSTS.items() if "dhcp" not in h]
    names += [f"{ip(host)} {alias}.{DOMAIN}" for alias, host in ALIASES.items()]
    ranges = "".join(f"dhcp-range=set:{s},{p}.100,{p}.150,255.255.255.0,1h\n"
                     f"dhcp-option=tag:{s},option:router,{p}.1\n" for s, p in SUBNETS.items())
    reserved = "".join(f"dhcp-host={h['mac']},{ip(n)}\n" for n, h in HOSTS.items() if "dhcp" in h)
    write("infra", "names", "\n".join(names) + "\n")
    conf = write("infra", "dnsmasq.conf", f"""
no-resolv
no-hosts
no-ping
no-daemon
user=root
addn-hosts={RUN}/infra/names
local=/{DOMAIN}/
domain={DOMAIN}
dhcp-authoritative
dhcp-leasefile={RUN}/infra/leases
dhcp-option=option:dns-server,{ip('infra')}
dhcp-option=option:ntp-server,{ip('infra')}
dhcp-option=option:domain-name,{DOMAIN}
{ranges}{reserved}""")
    spawn("infra", ["dnsmasq", "-C", conf])


def dhcp_relay() -> None:
    relays = [f"--dhcp-relay={gateway(s)},{ip('infra')}" for s in SUBNETS if s != "office"]
    spawn(ROUTER, ["dnsmasq", "--no-daemon", "--port=0", "--user=root", "--conf-file=/dev/null", *relays])


def time_service() -> None:
    """chrony that serves its own clock and never touches the machine's (-x)."""
    conf = write("infra", "chrony.conf", f"local stratum 3\nallow 10.20.0.0/16\ncmdport 0\nbindcmdaddress /\n"
                                         f"pidfile {RUN}/infra/chrony.pid\nuser root\n")
    spawn("infra", ["chronyd", "-d", "-x", "-f", conf])


def archive() -> None:
    conf = write("pacs", "orthanc.json", json.dumps({
        "Name": "SANKTLUKAS", "DicomAet": "SANKTLUKAS", "DicomPort": 104, "HttpServerEnabled": False,
        "DicomAlwaysAllowEcho": True, "DicomAlwaysAllowStore": True, "DicomAlwaysAllowFind": True,
        "DicomCheckCalledAet": False, "StorageDirectory": str(RUN / "pacs" / "db"), "Plugins": [],
        "DicomScpTimeout": 0, "OverwriteInstances": True,
        "IndexDirectory": str(RUN / "pacs" / "db")}))
    spawn("pacs", ["Orthanc", conf])


def hl7_receivers() -> None:
    script = LAB / "hosts" / "mllp_server.py"
    spawn("engine", [PYTHON, script, 6661, "RHAPSODY", "KLINIK SANKT LUKAS"])
    spawn("lis", [PYTHON, script, 2576, "LIS", "LABOR"])


def database() -> None:
    """PostgreSQL, its cluster made anew each time, SCRAM for all logins."""
    data, home = RUN / "db" / "data", RUN / "db"
    binaries = max(pathlib.Path("/usr/lib/postgresql").glob("*/bin"))
    write("db", "secret", "Winter2026\n")
    shutil.chown(home, "postgres")
    sh("runuser", "-u", "postgres", "--", str(binaries / "initdb"), "-D", str(data), "-A", "scram-sha-256",
       "--pwfile", str(home / "secret"), "-U", "kis", "--locale=C.UTF-8")
    with open(data / "pg_hba.conf", "a") as hba:
        hba.write("host all all 10.20.0.0/16 scram-sha-256\n")
    spawn("db", ["runuser", "-u", "postgres", "--", binaries / "postgres", "-D", data, "-c", "listen_addresses=*",
                 "-c", f"unix_socket_directories={home}", "-c", "jit=off"])


def patched(source: str, target: pathlib.Path, old: bytes, new: bytes) -> pathlib.Path:
    """A copy of a program or library that announces another name or version (no longer than the first): the one way
    to show an old banner and still run a program that is kept up to date."""
    content, new = pathlib.Path(source).read_bytes(), new.ljust(len(old), b"\0")
    if len(old) != len(new) or old not in content:
        raise RuntimeError(f"{source}: cannot replace {old!r} by {new!r}")
    target.write_bytes(content.replace(old, new))
    target.chmod(0o755)
    return target


def nginx_conf(host: str, servers: str) -> pathlib.Path:
    home = RUN / host
    (home / "www").mkdir()
    (home / "www" / "index.html").write_text(f"<html><head><title>{host}</title></head><body>{'Sankt Lukas ' * 40}</body></html>")
    return write(host, "nginx.conf", f"""
daemon off; pid {home}/nginx.pid; error_log stderr; user root; worker_processes 1;
events {{ worker_connections 64; }}
http {{ access_log off; client_body_temp_path {home}/body; proxy_temp_path {home}/proxy; fastcgi_temp_path {home}/f;
uwsgi_temp_path {home}/u; scgi_temp_path {home}/s; error_page 405 =200 /index.html; default_type text/html; root {home}/www;
{servers} }}""")


def tls(host: str, protocols: str, extra: str = "") -> str:
    return (f"server {{ listen 443 ssl; server_tokens off; ssl_protocols {protocols}; {extra}"
            f"ssl_certificate {RUN}/{host}/cert.pem; ssl_certificate_key {RUN}/{host}/key.pem;"
            f" location / {{ try_files /index.html =404; }} }}")


def web_servers() -> None:
    """Four behind TLS (good, expired, self-signed, old and weak), one in clear with a Basic login and an old version."""
    plain = "server { listen 80; server_tokens off; location / { try_files /index.html =404; } }"
    spawn("pacs", ["nginx", "-c", nginx_conf("pacs", tls("pacs", "TLSv1.3"))])
    spawn("his", ["nginx", "-c", nginx_conf("his", plain + tls("his", "TLSv1.2"))])
    spawn("intranet", ["nginx", "-c", nginx_conf("intranet", plain + tls("intranet", "TLSv1.2"))])
    spawn("bms", ["nginx", "-c", nginx_conf("bms", tls("bms", "TLSv1", "ssl_ciphers ALL:@SECLEVEL=0; "))])
    version = re.search(rb"nginx/(1\.\d\d\.\d)\0", pathlib.Path("/usr/sbin/nginx").read_bytes()).group(1)
    old = patched("/usr/sbin/nginx", RUN / "rota" / "nginx", b"nginx/" + version, b"nginx/1.10.3")
    write("rota", "htpasswd", "oberarzt.liebetraut:" + sh("openssl", "passwd", "-apr1", "Fruehling26"))
    conf = nginx_conf("rota", f"""server {{ listen 80; location / {{ auth_basic "Dienstplan";
        auth_basic_user_file {RUN}/rota/htpasswd; try_files /index.html =404; }} }}""")
    spawn("rota", [old, "-c", conf])


def ssh_servers() -> None:
    source = pathlib.Path("/usr/sbin/sshd")
    version = re.search(rb"OpenSSH_\d\.\dp\d", source.read_bytes()).group(0)
    old = patched(str(source), RUN / "legacy" / "sshd", version, b"OpenSSH_7.2p2")
    for host, program, debian in (("files", source, "yes"), ("legacy", old, "no")):
        key = RUN / host / "ssh_host_key"
        sh("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", str(key))
        conf = write(host, "sshd_config", f"Port 22\nHostKey {key}\nPidFile none\nUsePAM yes\nUseDNS no\nPrintMotd no\n"
                                          f"PasswordAuthentication yes\nDebianBanner {debian}\n")
        spawn(host, [program, "-D", "-e", "-f", conf])


def file_servers() -> None:
    """Samba: SMB 2 and 3 on the file server, SMB 1 still allowed on the X-ray workstation."""
    for host, lowest, name in (("files", "SMB2_10", "KLINIK-FS01"), ("cr-1", "NT1", "CR-AUFNAHME")):
        home = RUN / host
        for folder in ("share", "private", "state"):
            (home / folder).mkdir()
        (home / "share").chmod(0o777)
        conf = write(host, "smb.conf", f"""[global]
netbios name = {name}
workgroup = SANKTLUKAS
server min protocol = {lowest}
ntlm auth = yes
server string = {name}
disable netbios = yes
smb ports = 445
private dir = {home}/private
lock directory = {home}/state
state directory = {home}/state
cache directory = {home}/state
pid directory = {home}/state
ncalrpc dir = {home}/state/ncalrpc
passdb backend = tdbsam:{home}/private/passdb.tdb
load printers = no
disable spoolss = yes
log file = {home}/smbd.log
[austausch]
path = {home}/share
writable = yes
""")
        run(host, ["smbpasswd", "-c", conf, "-s", "-a", "schwester.adelgunde"], text="Sommer2026\nSommer2026\n")
        spawn(host, ["smbd", "--foreground", "--no-process-group", "-s", conf])


def ftp_server() -> None:
    conf = write("legacy", "vsftpd.conf", "listen=YES\nlisten_ipv6=NO\nlocal_enable=YES\nwrite_enable=YES\nbackground=NO\n"
                                          "ftpd_banner=Klinik Sankt Lukas Dateiannahme\npam_service_name=other\n"
                                          "seccomp_sandbox=NO\nsecure_chroot_dir=/run/vsftpd/empty\n")
    spawn("legacy", ["vsftpd", conf])


def telnet_server() -> None:
    """inetutils-telnetd, started by a one-line inetd."""
    inetd = ("import socket, subprocess\ns = socket.create_server(('', 23))\n"
             "while True:\n    c, _ = s.accept()\n"
             f"    subprocess.Popen(['telnetd', '-h', '-E', '{LAB}/hosts/service_console.sh'], stdin=c, stdout=c)\n    c.close()\n")
    spawn("pump-1", [sys.executable, write("pump-1", "inetd.py", inetd)])


def snmp_agents() -> None:
    """snmpd: two with the community everybody knows, two with one of the hospital's own. Without an object id of
    its maker's, an agent shows that of Net-SNMP, as many an embedded Linux does."""
    agents = [
        ("pump-1", "public", "B. Braun SpaceStation with SpaceCom", None, "SPACE-ITS-03", "Intensivstation"),
        ("bms", "public", "SAUTER modulo 6 modu680-AS building automation station", None, "GLT-AS-01", "Heizzentrale"),
        (ROUTER, "lukas-netz-7", "LANCOM ISG-5000", "1.3.6.1.4.1.2356.11.8.5000", "core-router", "Serverraum"),
        ("ap-guest-1", "lukas-netz-7", "LANCOM LW-600", "1.3.6.1.4.1.2356.11.8.600", "ap-guest-1", "Foyer"),
    ]
    for host, community, description, object_id, name, place in agents:
        conf = write(host, "snmpd.conf", f"agentAddress udp:161\nrocommunity {community}\nsysDescr {description}\n"
                                         f"sysName {name}\nsysLocation {place}\n"
                     + (f"sysObjectID {object_id}\n" if object_id else ""))
        spawn(host, ["snmpd", "-f", "-Lo", "-C", "-c", conf, "-p", RUN / host / "snmpd.pid"])


def mqtt_broker() -> None:
    conf = write("bms", "mosquitto.conf", "listener 1883\nallow_anonymous true\nuser root\n")
    spawn("bms", ["mosquitto", "-c", conf])


def avahi(host: str, *services: tuple[str, str, int, list[str]]) -> None:
    """avahi-daemon that announces the given (name, type, port, TXT) services over IPv4 and IPv6."""
    for i, (name, kind, port, texts) in enumerate(services):
        records = "".join(f"<txt-record>{text}</txt-record>" for text in texts)
        write(host, f"services/{i}.service", '<?xml version="1.0"?><!DOCTYPE service-group SYSTEM "avahi-service.dtd">'
              f"<service-group><name>{name}</name><service><type>{kind}</type><port>{port}</port>{records}</service></service-group>")
    conf = write(host, "avahi.conf", f"[server]\nhost-name={hostname(HOSTS[host])}\nuse-ipv4=yes\nuse-ipv6=yes\n"
                                     f"enable-dbus={'yes' if host == 'printer-1' else 'no'}\n"
                                     "[publish]\npublish-workstation=no\npublish-hinfo=no\n[rlimits]\n")
    spawn(host, ["avahi-daemon", "-f", conf, "--no-drop-root", "--no-chroot", "--no-rlimits"])


def cups_library() -> pathlib.Path:
    return next(pathlib.Path("/usr/lib").glob("*/libcups.so.2"))


def cups_version() -> bytes:
    return re.search(rb"(CUPS/\d+\.\d+\.\d+)\0", cups_library().read_bytes()).group(1)


def print_client_library() -> pathlib.Path:
    """A folder with CUPS's library that names itself as a Windows print client, not with this machine's kernel."""
    folder = RUN / "office-ws" / "lib"
    folder.mkdir()
    patched(str(cups_library()), folder / "libcups.so.2", cups_version() + b" (%s %s; %s) IPP/2.0", b"Internet Print Provider")
    return folder


BUS = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>system</type><listen>unix:path=/run/dbus/system_bus_socket</listen><auth>EXTERNAL</auth>
<policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy></busconfig>
"""


def printer() -> None:
    """ippeveprinter, which registers its service with Avahi through a D-Bus of its own.

    Its library is patched to answer with the name of a printer's web server, not with CUPS and its version."""
    home = RUN / "printer-1"
    bus = f"mkdir -p /run/dbus && exec dbus-daemon --nofork --nopidfile --config-file={write('printer-1', 'bus.conf', BUS)}"
    spawn("printer-1", ["sh", "-c", bus])
    time.sleep(1)
    avahi("printer-1", ("HP LaserJet M507 [9C4F60]", "_pdl-datastream._tcp", 9100, ["ty=HP LaserJet M507", "product=(HP LaserJet M507)"]))
    time.sleep(2)
    patched(str(cups_library()), home / "libcups.so.2", cups_version() + b"\0", b"HP-ChaiSOE")
    spawn("printer-1", ["env", f"LD_LIBRARY_PATH={home}", "ippeveprinter", "-p", 631, "-M", "HP", "-m", "LaserJet M507",
                        "-d", home, "HP LaserJet M507 [9C4F60]"])
    spawn("printer-1", [PYTHON, LAB / "hosts" / "raw_print.py", "HP LaserJet M507"])


def camera() -> None:
    spawn("camera-1", ["/usr/bin/python3", LAB / "hosts" / "rtsp_camera.py", 554])


LISTENING = {"infra": [53], "pacs": [104, 443], "engine": [6661], "lis": [2576], "db": [5432], "his": [80, 443],
             "intranet": [80, 443], "rota": [80], "bms": [443, 1883], "files": [22, 445], "cr-1": [445],
             "legacy": [21, 22], "pump-1": [23], "printer-1": [631, 9100], "camera-1": [554]}


def wait_for_all(seconds: int = 20) -> None:
    """Wait until every server listens; name those that do not."""
    for _ in range(seconds * 2):
        missing = [(h, p) for h, ports in LISTENING.items() for p in ports
                   if f":{p} " not in run(h, ["ss", "-Hltn"])]
        if not missing:
            return
        time.sleep(0.5)
    raise RuntimeError(f"not listening: {missing}; see the logs under {RUN}")
