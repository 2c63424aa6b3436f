//! What is spoken over a service, as recognised from its bytes (never from the port alone).

use crate::coded::coded;

coded! {
    /// An application protocol that a dissector recognised.
    enum Protocol, label {
        /// DICOM upper layer (PS3.8).
        Dicom = "dicom", "DICOM";
        /// HL7 v2 over MLLP (HL7 v2 transport, MLLP release 1).
        Hl7 = "hl7", "HL7 v2";
        /// Results and orders of laboratory analysers (CLSI LIS01 and LIS02, once ASTM E1381 and E1394).
        Astm = "astm", "ASTM (laboratory)";
        /// Devices at the point of care, such as glucose meters (CLSI POCT1-A).
        Poct1a = "poct1-a", "POCT1-A (point of care)";
        /// What monitors of Philips say to others over UDP (IntelliVue Data Export Interface).
        Intellivue = "intellivue", "IntelliVue (patient monitors)";
        /// TLS; what is inside is unknown.
        Tls = "tls", "TLS";
        /// QUIC (RFC 9000); what is inside is unknown.
        Quic = "quic", "QUIC";
        /// HTTP/1, or HTTP/2 in clear.
        Http = "http", "HTTP";
        /// Internet Printing Protocol over HTTP/1 (RFC 8010).
        Ipp = "ipp", "IPP (printing)";
        /// WinRM over HTTP: management of Windows from afar ([MS-WSMV]).
        Winrm = "winrm", "WinRM (remote management)";
        /// SSH.
        Ssh = "ssh", "SSH";
        /// SMB 1, 2 or 3.
        Smb = "smb", "SMB";
        /// DCE/RPC over TCP ([MS-RPCE]).
        Rpc = "rpc", "RPC (Windows)";
        /// Remote Desktop ([MS-RDPBCGR]).
        Rdp = "rdp", "RDP (remote desktop)";
        /// VNC: another computer's screen (RFC 6143).
        Vnc = "vnc", "VNC (remote screen)";
        /// LDAP.
        Ldap = "ldap", "LDAP (directory)";
        /// Kerberos: logins of a domain (RFC 4120).
        Kerberos = "kerberos", "Kerberos (logins)";
        /// Mail in transport and submission (RFC 5321).
        Smtp = "smtp", "SMTP (mail)";
        /// Mail that people read (RFC 9051).
        Imap = "imap", "IMAP (mail)";
        /// Mail that programs fetch (RFC 1939).
        Pop3 = "pop3", "POP3 (mail)";
        /// SIP (RFC 3261).
        Sip = "sip", "SIP (telephones)";
        /// RTP and RTCP: voice and pictures while they are made (RFC 3550).
        Rtp = "rtp", "RTP (voice and video)";
        /// FTP's control connection.
        Ftp = "ftp", "FTP";
        /// Telnet.
        Telnet = "telnet", "Telnet";
        /// MQTT.
        Mqtt = "mqtt", "MQTT";
        /// RTSP.
        Rtsp = "rtsp", "RTSP (video)";
        /// MySQL and MariaDB.
        Mysql = "mysql", "MySQL";
        /// PostgreSQL.
        Postgresql = "postgresql", "PostgreSQL";
        /// Oracle's database: its listener (TNS).
        Oracle = "oracle", "Oracle";
        /// Microsoft SQL Server ([MS-TDS]).
        Mssql = "mssql", "SQL Server";
        /// MongoDB and what speaks its protocol.
        Mongodb = "mongodb", "MongoDB";
        /// Redis and what speaks its protocol (RESP).
        Redis = "redis", "Redis";
        /// Modbus over TCP.
        Modbus = "modbus", "Modbus";
        /// BACnet over IP (ASHRAE 135, annex J).
        Bacnet = "bacnet", "BACnet";
        /// EtherNet/IP: controls of machines (ODVA, CIP volume 2).
        EthernetIp = "ethernet-ip", "EtherNet/IP";
        /// S7 communication: controls by Siemens, over RFC 1006.
        S7 = "s7", "S7 (Siemens)";
        /// OPC UA over TCP, in its binary encoding: controls of machines and buildings (OPC 10000-6).
        OpcUa = "opc-ua", "OPC UA";
        /// CoAP over UDP: sensors and controls of buildings (RFC 7252).
        Coap = "coap", "CoAP (sensors)";
        /// KNXnet/IP: building control (ISO 22510).
        Knx = "knx", "KNX (buildings)";
        /// Fox: building control by Tridium's Niagara.
        Fox = "fox", "Niagara Fox";
        /// A print job sent raw, with a printer language at its head (PJL, PostScript, PCL).
        RawPrint = "raw-print", "raw printing";
        /// DHCP for IPv4.
        Dhcp = "dhcp", "DHCP";
        /// DHCP for IPv6 (RFC 8415).
        Dhcpv6 = "dhcpv6", "DHCPv6";
        /// DNS.
        Dns = "dns", "DNS";
        /// Multicast DNS.
        Mdns = "mdns", "mDNS";
        /// Link-local multicast name resolution (RFC 4795).
        Llmnr = "llmnr", "LLMNR";
        /// Names of NetBIOS over UDP (RFC 1002).
        Nbns = "nbns", "NetBIOS names";
        /// Discovery of UPnP (UPnP Device Architecture 2.0).
        Ssdp = "ssdp", "SSDP (UPnP)";
        /// WS-Discovery (OASIS, 1.1).
        WsDiscovery = "ws-discovery", "WS-Discovery";
        /// SNMP.
        Snmp = "snmp", "SNMP";
        /// TFTP: files without a login (RFC 1350).
        Tftp = "tftp", "TFTP";
        /// RADIUS: logins of networks (RFC 2865).
        Radius = "radius", "RADIUS (logins)";
        /// Log messages (RFC 5424).
        Syslog = "syslog", "syslog";
        /// NTP.
        Ntp = "ntp", "NTP";
    }
}

impl Protocol {
    /// Whether it carries care itself: images, orders, results.
    #[must_use]
    pub fn is_clinical(self) -> bool {
        matches!(self, Self::Dicom | Self::Hl7 | Self::Astm | Self::Poct1a | Self::Intellivue)
    }

    /// Whether a side offers it at a port of its own, not at one that both agree on for each call.
    #[must_use]
    pub fn has_own_port(self) -> bool {
        self != Self::Rtp
    }
}
