//! The allow-list: every device fact that may leave a dissector, each with its length and character set.
//!
//! A [`Fact`] can only be made through [`Fact::new`], which checks it against the list, so clinical content has no way
//! in: there is no kind for it. Kinds whose values may name a person ([`Shape::Words`], [`Shape::Agent`]) are masked
//! here, word by word, before anything is kept.

mod value;

pub use value::{Fact, NotAllowed};

/// What a value of a kind may look like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// An IPv4 or IPv6 address in its canonical text.
    Ip,
    /// A MAC address.
    Mac,
    /// A decimal number, at most 20 digits.
    Number,
    /// A moment in RFC 3339.
    Moment,
    /// A word of a standard: letters, digits and `. _ : + - / ^ ,` without spaces, such as a UID or a dialect.
    Code,
    /// A product's own text, such as a banner: printable ASCII; other characters become spaces. Words that name its host or its
    /// owner are masked ([`crate::words::mask_product`]).
    Product,
    /// *Personal*: may name a person. Only words of the device vocabulary are kept ([`crate::words::mask`]).
    Words,
    /// *Personal*: product tokens of a client. Only known products and their versions are kept ([`crate::words::mask_agent`]).
    Agent,
    /// A package URL or a CPE 2.3 name: printable ASCII without spaces, quotes and angle brackets.
    Locator,
}

/// What the allow-list says of one kind of fact.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Allowed {
    /// Its name everywhere: store, JSON, `why`.
    pub code: &'static str,
    /// What people read before the value.
    pub label: &'static str,
    /// What it looks like.
    pub shape: Shape,
    /// The most characters that are kept.
    pub max: usize,
}

macro_rules! fact_kinds {
    ($($(#[doc = $doc:literal])+ $name:ident = $code:literal, $label:literal, $shape:ident, $max:literal;)+) => {
        /// Every kind of device fact that may be kept.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum FactKind { $($(#[doc = $doc])+ $name,)+ }

        impl FactKind {
            /// All kinds.
            pub const ALL: &[Self] = &[$(Self::$name,)+];

            /// What the allow-list says of this kind.
            #[must_use]
            pub const fn allowed(self) -> Allowed {
                match self {
                    $(Self::$name => Allowed { code: $code, label: $label, shape: Shape::$shape, max: $max },)+
                }
            }
        }
    };
}

fact_kinds! {
    // Link and addresses.
    /// A card says that it owns this address (ARP, RFC 826; NDP, RFC 4861; DHCP lease, RFC 2131; KNX
    /// 3.8.2, 7.5.4.2). About the card.
    OwnsIp = "address.owns", "owns the address", Ip, 45;
    /// A packet with this source address came from this card: its owner, or a router that forwarded it. About the card.
    SendsFromIp = "address.sends-from", "sends from the address", Ip, 45;
    /// A router advertised itself (NDP router advertisement, or named as gateway in DHCP). About the address.
    IsRouter = "address.router", "is a router, says", Code, 16;
    /// Time to live of connections that it opens (RFC 791, 3.2): what its system begins with, and how many routers took one off it, such as
    /// `128-1`. Only of an address whose connections show more than one system. About the address.
    TimeToLive = "ip.time-to-live", "opens connections with the time to live", Code, 8;

    // Naming and addressing.
    /// Host name that a DHCP client sent (RFC 2132, option 12; RFC 4702, option 81; RFC 4704, option 39). About the card; of IPv6 about
    /// the address, where the card is not sure.
    DhcpHostName = "dhcp.host-name", "host name (DHCP)", Words, 64;
    /// Vendor class that a DHCP client sent (RFC 2132, option 60; RFC 8415, option 16). About the card or the address, as its name is.
    DhcpVendorClass = "dhcp.vendor-class", "vendor class (DHCP)", Product, 128;
    /// Number (IANA, private enterprise numbers) of who made the system of a DHCPv6 client (RFC 8415, option 16 or 11.3), such as 311 of
    /// Microsoft. About the card or the address, as its name is.
    DhcpEnterprise = "dhcp.enterprise", "system maker's number (DHCPv6)", Number, 10;
    /// User class that a DHCPv6 client sent (RFC 8415, option 15), which its owner gives. About the card or the address, as its name is.
    DhcpUserClass = "dhcp.user-class", "user class (DHCPv6)", Words, 32;
    /// Options that a DHCP client asked for, in its order: a trait of its system (RFC 2132, option 55). About the card.
    DhcpParameters = "dhcp.parameters", "DHCP options asked for", Code, 128;
    /// Host name in an mDNS address record (RFC 6762). About the address.
    MdnsHostName = "mdns.host-name", "host name (mDNS)", Words, 64;
    /// Service type announced by mDNS, such as `_ipp._tcp` (RFC 6763). About the address.
    MdnsService = "mdns.service", "announces the service", Code, 64;
    /// Model in the TXT record of a DNS-SD service (keys `ty`, `md`, `model`, `usb_MDL`). About the address.
    MdnsModel = "mdns.model", "model (mDNS)", Product, 64;
    /// Maker in the TXT record of a DNS-SD service (keys `usb_MFG`, `manufacturer`). About the address.
    MdnsMaker = "mdns.maker", "maker (mDNS)", Product, 64;

    // TLS.
    /// Version that a TLS server chose, such as `1.2` (RFC 8446, 4.2.1). About the service.
    TlsVersion = "tls.version", "TLS version chosen", Code, 8;
    /// Cipher suite that a TLS server chose, in hex as registered by IANA. About the service.
    TlsCipher = "tls.cipher", "TLS cipher suite chosen", Code, 8;
    /// Common name of a server certificate's subject (RFC 5280). About the service.
    TlsCertificateSubject = "tls.certificate-subject", "certificate is for", Words, 64;
    /// Organisation of a server certificate's issuer (RFC 5280). About the service.
    TlsCertificateIssuer = "tls.certificate-issuer", "certificate issued by", Words, 64;
    /// Start of a server certificate's validity (RFC 5280). About the service.
    TlsCertificateNotBefore = "tls.certificate-not-before", "certificate valid from", Moment, 32;
    /// End of a server certificate's validity (RFC 5280). About the service.
    TlsCertificateNotAfter = "tls.certificate-not-after", "certificate valid until", Moment, 32;
    /// Key of a server certificate, such as `rsa-2048` or `ec-256`. About the service.
    TlsCertificateKey = "tls.certificate-key", "certificate key", Code, 24;
    /// Signature algorithm of a server certificate, such as `sha1-rsa`. About the service.
    TlsCertificateSignature = "tls.certificate-signature", "certificate signed with", Code, 48;
    /// `yes` when a server certificate's issuer is its subject, `no` when not. About the service.
    TlsCertificateSelfSigned = "tls.certificate-self-signed", "certificate signed by itself", Code, 3;
    /// Name that a client asks a server for (RFC 6066, 3). About the service.
    TlsServerName = "tls.server-name", "is asked for as (TLS)", Words, 64;
    /// JA4 fingerprint of a client's hello: a trait of the program that connects, not of the person (FoxIO, "JA4"). About the client's
    /// address.
    TlsClientFingerprint = "tls.client-fingerprint", "TLS client (JA4)", Code, 40;

    // Web, remote access, files, management.
    /// HTTP `Server` header (RFC 9110). About the service.
    HttpServer = "http.server", "web server (HTTP)", Product, 128;
    /// HTTP `User-Agent` header (RFC 9110). About the client's address.
    HttpUserAgent = "http.user-agent", "browser or client (HTTP)", Agent, 128;
    /// Field of HTTP by which it says that it passes on what others ask or answer: `via` (RFC 9110, 7.6.3), `forwarded` (RFC 7239) or
    /// `x-forwarded-for`. Whom it names is not kept. About the sender's address.
    HttpPassesOn = "http.passes-on", "passes on requests of others, says (HTTP)", Code, 16;
    /// Product that passes on, of a list of well-known ones, with its version where `Via` gives it (RFC 9110, 7.6.3), such as
    /// `squid/5.7`. About the sender's address.
    HttpProxy = "http.proxy", "proxy (HTTP)", Code, 32;
    /// SSH identification string of a server (RFC 4253, 4.2). About the service.
    SshBanner = "ssh.banner", "SSH server", Product, 128;
    /// SSH identification string of a client (RFC 4253, 4.2). About the client's address.
    SshClientBanner = "ssh.client-banner", "SSH client", Product, 128;
    /// A weak algorithm that an SSH server offers (RFC 4253, 7.1; RFC 9142; RFC 8758), such as `diffie-hellman-group1-sha1`. Others are
    /// not kept; `nothing-weak` where a whole offer had none. About the service.
    SshWeakAlgorithm = "ssh.weak-algorithm", "offers the weak SSH algorithm", Code, 64;
    /// How a remote desktop is secured: `rdp` (its first encryption), `tls`, `nla` ([MS-RDPBCGR] 2.2.1.2.1). About the service.
    RdpSecurity = "rdp.security", "remote desktop secured by", Code, 8;
    /// `printer-make-and-model` (RFC 8011, 5.4.9). About the service.
    IppModel = "ipp.model", "model (IPP)", Product, 127;
    /// `printer-firmware-name` and `-string-version` (PWG 5110.1). About the service.
    IppFirmware = "ipp.firmware", "firmware (IPP)", Product, 127;
    /// Dialect that an SMB server chose, such as `1.0`, `2.1`, `3.1.1` ([MS-SMB2] 2.2.4, [MS-CIFS] 2.2.4.52). About the service.
    SmbDialect = "smb.dialect", "SMB dialect chosen", Code, 8;
    /// `required` or `optional`: message signing, says an SMB server ([MS-SMB2] 2.2.4). About the service.
    SmbSigning = "smb.signing", "SMB signing", Code, 16;
    /// Computer name in an NTLM challenge ([MS-NLMP] 2.2.2.1, MsvAvNbComputerName). About the address.
    NtlmComputer = "ntlm.computer", "computer name (NTLM)", Words, 64;
    /// Domain name in an NTLM challenge ([MS-NLMP] 2.2.2.1, MsvAvNbDomainName). About the address.
    NtlmDomain = "ntlm.domain", "domain (NTLM)", Words, 64;
    /// Operating system version in an NTLM challenge, `major.minor.build` ([MS-NLMP] 2.2.2.10). About the address.
    NtlmOsVersion = "ntlm.os-version", "operating system version (NTLM)", Code, 24;
    /// NTLM version 1 in a login ([MS-NLMP] 3.3.1): `1`, or `1-session` with the client's own challenge mixed in. Neither name nor
    /// response is kept. About the client's address.
    NtlmVersion = "ntlm.version", "logs in by NTLM version", Code, 16;
    /// Realm that a Kerberos server gives tickets of (RFC 4120, 2.10): its domain. About the service.
    KerberosRealm = "kerberos.realm", "domain (Kerberos)", Words, 64;
    /// Name of a computer that asks for a ticket for its own account, or that a ticket is for (RFC 4120, 6.2). Accounts of people are never
    /// kept. About the address.
    KerberosComputer = "kerberos.computer", "computer name (Kerberos)", Words, 64;
    /// A weak way to encrypt that a Kerberos server used or offered (RFC 6649, RFC 8429), such as `rc4-hmac`. Others are not kept. About
    /// the service.
    KerberosWeakEncryption = "kerberos.weak-encryption", "used or offered (Kerberos)", Code, 32;
    /// An interface that a host's endpoint mapper names and that says what it is for: `drsuapi` (a domain controller), `dnsserver`, `dhcpsrv`,
    /// `certificates`, `exchange`, `spooler` ([MS-RPCE] 2.2.1.2). About the address.
    RpcInterface = "rpc.interface", "offers the interface (RPC)", Code, 16;
    /// SNMP version of an answer: `1`, `2c` or `3` (RFC 3416, RFC 3412). About the service.
    SnmpVersion = "snmp.version", "SNMP version", Code, 4;
    /// A well-known community that an agent answered to: `public` or `private`; others are never kept. About the service.
    SnmpDefaultCommunity = "snmp.default-community", "answers to the SNMP community", Code, 8;
    /// sysDescr.0 (RFC 3418). About the service.
    SnmpSystemDescription = "snmp.system-description", "system description (SNMP)", Product, 255;
    /// sysObjectID.0 (RFC 3418). About the service.
    SnmpObjectId = "snmp.object-id", "system object id (SNMP)", Code, 96;
    /// sysName.0 (RFC 3418). About the service.
    SnmpName = "snmp.name", "system name (SNMP)", Words, 64;
    /// System name (IEEE 802.1AB, 8.5.6): what a neighbour of a switch calls itself, said by itself or by the switch. About the card.
    LldpName = "lldp.name", "system name (LLDP)", Words, 64;
    /// System description (IEEE 802.1AB, 8.5.7). About the card.
    LldpDescription = "lldp.description", "system description (LLDP)", Product, 255;
    /// Next to which switch it stands, and at which of its ports: `10.20.1.2,Gi1/0/7`, or `10.20.1.2,port-7` where the port is known by
    /// number alone (IEEE 802.1AB). About the card.
    LldpNeighbourOf = "lldp.neighbour-of", "is next to (LLDP)", Code, 80;
    /// Through which port of which switch it is reached: `10.20.1.2,Gi1/0/7`, of the switch's table of cards (RFC 4188, RFC 4363). It may
    /// stand there itself or behind another switch. About the card.
    SwitchPort = "switch.port", "is reached through (table of a switch)", Code, 80;
    /// What it works as, of its enabled capabilities (IEEE 802.1AB, 8.5.8): `bridge`, `router`, `access-point`, `telephone` and the like.
    /// About the card.
    LldpWorksAs = "lldp.works-as", "works as (LLDP)", Code, 16;
    /// Maker in the inventory of LLDP (ANSI/TIA-1057, 10.2.6.5). About the card.
    LldpMaker = "lldp.maker", "maker (LLDP)", Product, 32;
    /// Model in the inventory of LLDP (ANSI/TIA-1057, 10.2.6.6). About the card.
    LldpModel = "lldp.model", "model (LLDP)", Product, 32;
    /// Firmware in the inventory of LLDP (ANSI/TIA-1057, 10.2.6.2). About the card.
    LldpFirmware = "lldp.firmware", "firmware (LLDP)", Product, 32;
    /// Serial number in the inventory of LLDP (ANSI/TIA-1057, 10.2.6.4). About the card.
    LldpSerial = "lldp.serial", "serial number (LLDP)", Code, 32;
    /// Device identifier of Cisco's discovery protocol. About the card.
    CdpName = "cdp.name", "system name (CDP)", Words, 64;
    /// Platform of Cisco's discovery protocol, such as `cisco WS-C2960X-48TS-L`. About the card.
    CdpPlatform = "cdp.platform", "platform (CDP)", Product, 64;
    /// Software version of Cisco's discovery protocol, its first line. About the card.
    CdpSoftware = "cdp.software", "software (CDP)", Product, 255;
    /// Its part in a spanning tree (IEEE 802.1D): `switch`, or `root`, also by the word of another switch. About the card that names it.
    StpRole = "stp.role", "part in the spanning tree", Code, 8;
    /// Card that names the root of its spanning tree. About the card that names the switch.
    StpRoot = "stp.root", "root of its spanning tree", Mac, 17;
    /// Name of a computer that it says is its own, by NetBIOS (RFC 1002, 4.2). About the address.
    NetbiosName = "netbios.name", "computer name (NetBIOS)", Words, 16;
    /// Work group or domain that it says it is in, by NetBIOS. About the address.
    NetbiosGroup = "netbios.group", "work group (NetBIOS)", Words, 16;
    /// Name that it answers to by LLMNR (RFC 4795, 2.4). About the address.
    LlmnrName = "llmnr.name", "host name (LLMNR)", Words, 64;
    /// Product that a device of UPnP names (UPnP Device Architecture 2.0, 1.2.2, `SERVER`). About the address.
    UpnpServer = "upnp.server", "product (UPnP)", Product, 128;
    /// Kind of device of UPnP, of those that its forum defines, such as `MediaServer`. About the address.
    UpnpKind = "upnp.kind", "kind of device (UPnP)", Code, 32;
    /// Kind of device by WS-Discovery (OASIS, 1.1, 4): `NetworkVideoTransmitter`, `PrintDeviceType`, `MedicalDevice` (IEEE 11073-20702) and
    /// the like. About the address.
    WsDiscoveryKind = "ws-discovery.kind", "kind of device (WS-Discovery)", Code, 32;
    /// Model in the scopes of a device of ONVIF (ONVIF Core Specification, 7.3.2.2). About the address.
    OnvifHardware = "onvif.hardware", "model (ONVIF)", Product, 64;
    /// Weakest way in that a VNC server offers (RFC 6143, 7.1.2): `none`, `password`, `other`. About the service.
    VncSecurity = "vnc.security", "remote screen secured by (VNC)", Code, 16;
    /// Greeting of an FTP server (RFC 959, reply 220). About the service.
    FtpBanner = "ftp.banner", "FTP server", Product, 128;
    /// First product-like words that a Telnet server sent before its login prompt (RFC 854). About the service.
    TelnetBanner = "telnet.banner", "Telnet server", Words, 128;
    /// A login was sent in clear; the value is the protocol. Neither name nor password is kept. About the service.
    ClearTextLogin = "login.clear-text", "a login was sent in clear over", Code, 16;
    /// Somebody was let in without a password; the value is the protocol. No name is kept. About the service.
    OpenLogin = "login.open", "let somebody in without a password over", Code, 16;
    /// It logs in by an account that at least two other hosts use at the same server; the value is the protocol. Neither name nor a digest
    /// of it is kept. About the client's address.
    SharedLogin = "login.shared", "logs in by an account that others use, too, over", Code, 16;
    /// Server software named by another protocol: RTSP `Server`, a database greeting, a printer's answer. About the service.
    ServerSoftware = "service.software", "server software", Product, 128;
    /// Kind of file that it asks for by TFTP (RFC 1350), as its name shows: `start-files`, `telephone-settings`,
    /// `network-settings`; others are not told, and no name is kept. About the client's address.
    TftpFile = "tftp.file", "asks by TFTP for", Code, 24;
    /// `yes` when a RADIUS server signed an answer to a login (`Message-Authenticator`; RFC 3579, 3.2), `no` when not. About the service.
    RadiusSigned = "radius.signed", "answers to logins are signed (RADIUS)", Code, 3;
    /// How those come in whom it lets into the network by RADIUS (RFC 2865, 5.41): `cable` or `wireless`. About the client's address.
    RadiusLetsIn = "radius.lets-in", "lets others into the network (RADIUS) by", Code, 8;
    /// What it calls itself to a RADIUS server (RFC 2865, 5.32). About the client's address.
    RadiusName = "radius.name", "name (RADIUS)", Words, 64;
    /// Number of its maker in RADIUS (RFC 2865, 5.26), of makers of network devices alone. About the client's address.
    RadiusVendor = "radius.vendor", "maker's number (RADIUS)", Number, 10;
    /// Program whose log messages it sends (RFC 5424, 6.2.5; RFC 3164, 5.3), of a list of well-known ones. What passes messages on names
    /// those of others. About the sender's address.
    SyslogProgram = "syslog.program", "sends log messages of (syslog)", Code, 32;
    /// Kind of event of an audit message (DICOM PS3.15, A.5; RFC 3881) that it sends, such as `patient-record`: it records what is done to
    /// patient data. Neither users nor patients are kept. About the sender's address.
    AuditEvent = "audit.event", "reports what is done to patient data (ATNA), kind", Code, 32;
    /// An audit message that names a patient was sent to it in clear; the value is the protocol. About the service.
    AuditInClear = "audit.clear-text", "was sent audit messages with patients in clear over", Code, 16;
    /// Series of the newest wire version that a MongoDB server speaks, such as `7.0`: look-alikes choose theirs. About the service.
    MongodbSeries = "mongodb.series", "speaks as MongoDB", Code, 8;
    /// Driver that a client of MongoDB names, such as `PyMongo 4.20.1`. About the client's address.
    MongodbDriver = "mongodb.driver", "driver (MongoDB)", Product, 64;
    /// Version of a listener of Oracle that refuses somebody, such as `19.0.0.0.0`: without the updates of its release. About the service.
    OracleVersion = "oracle.version", "listener's version (Oracle)", Code, 24;
    /// Version of FHIR that a server speaks, as its statement or its media type says it (FHIR R4, 5.2.3 and 3.1.0.1.10); `not-told` where it
    /// speaks FHIR and does not say which. About the service.
    FhirVersion = "fhir.version", "speaks FHIR", Code, 16;
    /// Its part in sharing documents about patients (IHE XDS.b, ITI TF-2, 3.18, 3.41 to 3.43), as the transaction shows: `document-source`,
    /// `document-consumer`, `document-repository` or `document-registry`. About the address of who asks, and the service of who answers.
    DocumentSharing = "xds.part", "part in sharing documents about patients (IHE XDS)", Code, 24;
    /// What a telephone or what it registers with says it is (RFC 3261, `User-Agent` and `Server`), without comments. About the address.
    SipProduct = "sip.product", "telephone product (SIP)", Product, 128;
    /// Its part in telephony (RFC 3261, 10): `registers` as telephones do, or `registrar` that they register with. About the address.
    SipRole = "sip.role", "part in telephony (SIP)", Code, 16;

    // Buildings and plant.
    /// What a Modbus device did as it was asked: `read` or `write` (Modbus application protocol 1.1b3, 6). No value is kept. About the
    /// service.
    ModbusAnswers = "modbus.answers", "did as it was asked over Modbus", Code, 8;
    /// VendorName of Modbus' device identification (1.1b3, 6.21). About the service.
    ModbusVendor = "modbus.vendor", "vendor (Modbus)", Product, 64;
    /// ProductCode of Modbus' device identification. About the service.
    ModbusProduct = "modbus.product", "product code (Modbus)", Product, 64;
    /// MajorMinorRevision of Modbus' device identification. About the service.
    ModbusRevision = "modbus.revision", "revision (Modbus)", Product, 32;
    /// ModelName of Modbus' device identification. About the service.
    ModbusModel = "modbus.model", "model (Modbus)", Product, 64;
    /// What a BACnet device did as it was asked: `read` or `write` (ASHRAE 135, 15). No value is kept but for those below. About the
    /// service.
    BacnetAnswers = "bacnet.answers", "did as it was asked over BACnet", Code, 8;
    /// Instance of the device object in an I-Am (ASHRAE 135, 16.10). About the service.
    BacnetDevice = "bacnet.device", "is the BACnet device", Number, 7;
    /// Vendor identifier in an I-Am, as ASHRAE gives them out. About the service.
    BacnetVendorId = "bacnet.vendor-id", "vendor's number (BACnet)", Number, 5;
    /// Vendor_Name of the device object (ASHRAE 135, 12.11). About the service.
    BacnetVendor = "bacnet.vendor", "vendor (BACnet)", Product, 64;
    /// Model_Name of the device object. About the service.
    BacnetModel = "bacnet.model", "model (BACnet)", Product, 64;
    /// Firmware_Revision of the device object. About the service.
    BacnetFirmware = "bacnet.firmware", "firmware (BACnet)", Product, 64;
    /// Application_Software_Version of the device object. About the service.
    BacnetSoftware = "bacnet.software", "software version (BACnet)", Product, 64;
    /// Maker's number that an EtherNet/IP device gives (CIP volume 2, 2-4.2; numbers are ODVA's). About the service.
    EthernetIpVendorId = "ethernet-ip.vendor-id", "vendor's number (EtherNet/IP)", Number, 5;
    /// Product name that an EtherNet/IP device gives. About the service.
    EthernetIpProduct = "ethernet-ip.product", "product (EtherNet/IP)", Product, 64;
    /// Revision that an EtherNet/IP device gives, `major.minor`. About the service.
    EthernetIpRevision = "ethernet-ip.revision", "revision (EtherNet/IP)", Code, 8;
    /// Serial number that an EtherNet/IP device gives, in hex. About the service.
    EthernetIpSerial = "ethernet-ip.serial", "serial number (EtherNet/IP)", Code, 8;
    /// Order number of an S7 device's module (its system status list, 0x0011, index 1), such as `6ES7 315-2EH14-0AB0`. About the service.
    S7Module = "s7.module", "order number (S7)", Product, 24;
    /// Firmware of an S7 device (its system status list, 0x0011, index 7), such as `3.2.6`. About the service.
    S7Firmware = "s7.firmware", "firmware (S7)", Code, 12;
    /// How a server of OPC UA secures what it lets others do: the policy of a channel that it opened, `None` where a session began in
    /// clear (OPC 10000-7, 6.6). About the service.
    OpcUaSecurity = "opc-ua.security", "secured by (OPC UA)", Code, 32;
    /// Policies by which it offers sessions, `None` being in clear (OPC 10000-4, 5.4.4). About the service.
    OpcUaOffers = "opc-ua.offers", "offers sessions secured by (OPC UA)", Code, 32;
    /// Host in the address that a client was given (OPC 10000-6, 7.1.2.3). About the service.
    OpcUaHost = "opc-ua.host", "is asked for as (OPC UA)", Words, 64;
    /// Name that an OPC UA server gives itself (OPC 10000-4, 7.2). About the service.
    OpcUaApplication = "opc-ua.application", "calls itself (OPC UA)", Words, 64;
    /// Address that its maker gave the product, such as `http://www.example.org/control-7` (OPC 10000-4, 7.2). About the service.
    OpcUaProductUri = "opc-ua.product-uri", "product's address (OPC UA)", Product, 128;
    /// ManufacturerName of its BuildInfo (OPC 10000-5, 12.4). About the service.
    OpcUaMaker = "opc-ua.maker", "maker (OPC UA)", Product, 64;
    /// ProductName of its BuildInfo. About the service.
    OpcUaProduct = "opc-ua.product", "product (OPC UA)", Product, 64;
    /// SoftwareVersion of its BuildInfo. About the service.
    OpcUaSoftware = "opc-ua.software", "software version (OPC UA)", Product, 32;
    /// What a KNX device let somebody do who did not log in: `tunnel` (onto its bus) or `management` (KNX 3.8.2, 7.8). About the service.
    KnxAnswers = "knx.answers", "opened without a login over KNX", Code, 16;
    /// Medium of its bus: `tp1`, `pl110`, `rf`, `ip` (KNX 3.8.2, 7.5.4.2). About the service.
    KnxMedium = "knx.medium", "medium (KNX)", Code, 8;
    /// Serial number of a KNX device, in hex. About the service.
    KnxSerial = "knx.serial", "serial number (KNX)", Code, 12;
    /// Friendly name of a KNX device, which people give. About the service.
    KnxName = "knx.name", "name (KNX)", Words, 30;
    /// What a CoAP device did as it was asked: `read` or `write` (RFC 7252, 5.9.1). No value is kept. About the service.
    CoapAnswers = "coap.answers", "did as it was asked over CoAP", Code, 8;
    /// Kind of device in a list of links, of those that are registered, such as `oic.d.thermostat` (RFC 6690, 3.1). About the service.
    CoapKind = "coap.kind", "kind of device (CoAP)", Code, 32;

    // Clinical.
    /// What a sender of laboratory messages calls itself (LIS02-A2, 6.5). About the sender's address.
    AstmSender = "astm.sender", "calls itself (ASTM)", Product, 40;
    /// Version that stands with it, as analysers write it. About the sender's address.
    AstmSenderVersion = "astm.sender-version", "version (ASTM)", Code, 24;
    /// What a sender of laboratory messages sends (LIS02-A2, 5): `results`, `orders`, `questions`. About the sender's address.
    AstmSends = "astm.sends", "sends (ASTM)", Code, 16;
    /// Maker of a device at the point of care (POCT1-A, DEV.manufacturer_name, else DEV.vendor_id). About the sender's address.
    Poct1aMaker = "poct1-a.maker", "maker (POCT1-A)", Product, 64;
    /// Its model (POCT1-A, DEV.model_id). About the sender's address.
    Poct1aModel = "poct1-a.model", "model (POCT1-A)", Product, 64;
    /// Its serial number (POCT1-A, DEV.serial_id). About the sender's address.
    Poct1aSerial = "poct1-a.serial", "serial number (POCT1-A)", Code, 64;
    /// Version of its software (POCT1-A, DEV.sw_version). About the sender's address.
    Poct1aSoftware = "poct1-a.software", "software version (POCT1-A)", Product, 64;
    /// It names a patient to everybody in its network: `broadcast` (Mindray, Patient Data Share Protocol). Whom is not kept. About the
    /// sender's address.
    Hl7NamesPatient = "hl7.names-patient", "names a patient (HL7) by", Code, 16;
    /// A patient monitor says that it is one, of this maker: `mindray` (Mindray, Patient Data Share Protocol). About the sender's address.
    Hl7Monitor = "hl7.monitor", "says that it is a patient monitor of (HL7)", Code, 16;
    /// Maker of a patient monitor that announces itself (IntelliVue Data Export Interface, System Model). About the sender's address.
    IntellivueMaker = "intellivue.maker", "maker (IntelliVue)", Product, 32;
    /// Number of its model (System Model), such as `M8007A`. About the sender's address.
    IntellivueModel = "intellivue.model", "model (IntelliVue)", Product, 32;
    /// Its serial number (Production Specification). About the sender's address.
    IntellivueSerial = "intellivue.serial", "serial number (IntelliVue)", Code, 32;
    /// Version of its application software (Production Specification). About the sender's address.
    IntellivueSoftware = "intellivue.software", "software version (IntelliVue)", Product, 32;
    /// AE title that asked for a DICOM association (PS3.8, 9.3.2). About the address.
    DicomCallingAe = "dicom.calling-ae", "calls itself (DICOM AE)", Words, 16;
    /// AE title that was asked for (PS3.8, 9.3.2). About the service.
    DicomCalledAe = "dicom.called-ae", "is called (DICOM AE)", Words, 16;
    /// Outcome of an association request: `accepted` or `rejected` (PS3.8, 9.3.3, 9.3.4). About the service.
    DicomAssociation = "dicom.association", "DICOM association", Code, 16;
    /// Implementation class UID (PS3.7, D.3.3.2). About the address.
    DicomImplementationClass = "dicom.implementation-class", "DICOM implementation class", Code, 64;
    /// Implementation version name (PS3.7, D.3.3.2). About the address.
    DicomImplementationVersion = "dicom.implementation-version", "DICOM implementation version", Product, 16;
    /// SOP class that a requester proposed (PS3.8, 9.3.2.2). About the address.
    DicomProposesSop = "dicom.proposes-sop", "proposes the DICOM service", Code, 64;
    /// SOP class that an acceptor accepted (PS3.8, 9.3.3.2). About the service.
    DicomAcceptsSop = "dicom.accepts-sop", "accepts the DICOM service", Code, 64;
    /// Command sent: `C-STORE-RQ`, `C-FIND-RQ` and so on (PS3.7, E.1). About the sender's address.
    DicomCommand = "dicom.command", "sends the DICOM command", Code, 24;
    /// Manufacturer (0008,0070) of a data set that it sent. About the address.
    DicomManufacturer = "dicom.manufacturer", "manufacturer (DICOM)", Product, 64;
    /// Manufacturer's Model Name (0008,1090). About the address.
    DicomModel = "dicom.model", "model (DICOM)", Product, 64;
    /// Software Versions (0018,1020). About the address.
    DicomSoftwareVersions = "dicom.software-versions", "software versions (DICOM)", Product, 64;
    /// Device Serial Number (0018,1000). About the address.
    DicomDeviceSerial = "dicom.device-serial", "serial number (DICOM)", Code, 64;
    /// Station Name (0008,1010). About the address.
    DicomStationName = "dicom.station-name", "station name (DICOM)", Words, 16;
    /// Institutional Department Name (0008,1040). About the address.
    DicomDepartment = "dicom.department", "department (DICOM)", Words, 64;
    /// Modality (0008,0060), such as `CT`. About the address.
    DicomModality = "dicom.modality", "modality (DICOM)", Code, 16;
    /// MSH-3 sending application of an HL7 v2 message (HL7 v2, 2.14.9.3). About the sender's address.
    Hl7SendingApplication = "hl7.sending-application", "sending application (HL7)", Words, 64;
    /// MSH-4 sending facility. About the sender's address.
    Hl7SendingFacility = "hl7.sending-facility", "sending facility (HL7)", Words, 64;
    /// MSH-5 receiving application. About the receiver's address.
    Hl7ReceivingApplication = "hl7.receiving-application", "receiving application (HL7)", Words, 64;
    /// MSH-6 receiving facility. About the receiver's address.
    Hl7ReceivingFacility = "hl7.receiving-facility", "receiving facility (HL7)", Words, 64;
    /// MSH-9 type of a message that it sent, such as `ORU^R01`. About the sender's address.
    Hl7Sends = "hl7.sends", "sends the HL7 message", Code, 24;
    /// MSH-9 type of a message that it was sent. About the receiver's address.
    Hl7Receives = "hl7.receives", "receives the HL7 message", Code, 24;
    /// MSH-12 version, such as `2.5.1`. About the sender's address.
    Hl7Version = "hl7.version", "HL7 version", Code, 8;

    // What lists say: directories, inventories, software lists, leases. About the card, the address or the thing of the list.
    /// The thing of a list that this card, address or service belongs to (`L-...`, [`crate::ListedId`]): what joins lists.
    ListedAs = "list.same-as", "is the listed thing", Code, 14;
    /// Its name in a list.
    ListedName = "list.name", "name (list)", Words, 64;
    /// Its kind in a list, as a code of [`crate::DeviceClass`].
    ListedClass = "list.class", "kind of device (list)", Code, 32;
    /// Its kind in a list, in the list's own words.
    ListedType = "list.type", "type (list)", Product, 64;
    /// Its maker in a list.
    ListedMaker = "list.maker", "maker (list)", Product, 64;
    /// Its model in a list.
    ListedModel = "list.model", "model (list)", Product, 64;
    /// Its serial number in a list.
    ListedSerial = "list.serial", "serial number (list)", Code, 64;
    /// Its inventory number in a list.
    ListedTag = "list.tag", "inventory number (list)", Code, 64;
    /// Version of the device's own software or firmware in a list.
    ListedSoftware = "list.software", "software version (list)", Product, 64;
    /// Its place in a list: building, floor, room.
    ListedPlace = "list.place", "place (list)", Words, 64;
    /// The department or care area that it serves, in a list.
    ListedDepartment = "list.department", "department (list)", Words, 64;
    /// State in a list: `in-use`, `spare`, `in-repair`, `retired`.
    ListedState = "list.state", "state (list)", Code, 16;
    /// When its maker's support ends, in a list.
    ListedSupportEnds = "list.support-ends", "support ends (list)", Moment, 32;
    /// Its last planned maintenance, in a list.
    ListedServiced = "list.serviced", "last serviced (list)", Moment, 32;

    // Systems and software.
    /// Operating system, as its own tools or a directory name it: `Windows Server 2012 R2 Standard`, `Debian GNU/Linux 12`.
    OperatingSystem = "os.name", "operating system", Product, 96;
    /// Version of the operating system, such as `10.0.19045.4651`.
    OperatingSystemVersion = "os.version", "operating system version", Code, 32;
    /// Version of the running kernel, as `uname -r` tells it.
    KernelVersion = "os.kernel", "kernel version", Code, 64;
    /// A kernel that is installed, newer than the one that runs, and used only after a restart; `restart-wanted` where the system
    /// says no more than that.
    KernelWaiting = "os.kernel-waiting", "waits for a restart with the kernel", Code, 64;
    /// A port that its own system says it listens on at its network's addresses: `tcp` or `udp`. Whether a filter lets others reach
    /// it is not said. About the service.
    ListensOn = "os.listens", "listens, its own system says", Code, 16;
    /// An installed package or a component of the device, as a package URL (purl).
    Package = "software.package", "has the package", Locator, 255;
    /// An installed product or a component of the device, as a CPE 2.3 name (NIST IR 7695).
    CpeName = "software.cpe", "has the product", Locator, 255;
    /// Installed software by the name and version that it shows people, `name version` with one space: a last word that
    /// begins like a version is one.
    InstalledSoftware = "software.installed", "has the software", Product, 160;
    /// An installed update, such as `KB5034441`.
    InstalledUpdate = "software.installed-update", "has the update", Code, 32;
    /// An update that a management tool says is missing, such as `KB5034441`.
    MissingUpdate = "software.missing-update", "lacks the update", Code, 32;
    /// When software or its list of updates was last checked.
    UpdatesChecked = "software.updates-checked", "updates last checked", Moment, 32;
    /// What a maker says of a weakness in this model: `CVE-2024-1234,not_affected,component_not_present` (VEX).
    MakerVex = "vex.maker", "its maker says", Code, 128;
    /// What a maker says of a weakness in one version of this model, or a range of versions:
    /// `CVE-2024-1234,fixed,,2.1`. It says nothing of other versions.
    MakerVexVersion = "vex.maker-version", "its maker says of one version", Product, 192;
    /// An answer of the maker's security sheet, `question:answer` (MDS2: HN 1-2013 or 1-2019), such as `MLDP-2:no`.
    Mds2Answer = "mds2.answer", "its maker's security sheet (MDS2) says", Code, 64;

    // Protection and care of systems.
    /// Endpoint protection: `on`, `off`, `out-of-date`, `absent`.
    EndpointProtection = "protection.state", "endpoint protection", Code, 16;
    /// When endpoint protection last reported.
    EndpointProtectionSeen = "protection.seen", "endpoint protection last reported", Moment, 32;
    /// The outcome of the last backup job: `done`, `failed`, `none`.
    Backup = "backup.state", "last backup", Code, 8;
    /// When it was last backed up.
    BackupDone = "backup.done", "last backed up", Moment, 32;
    /// When a restore was last tried.
    RestoreTried = "backup.restore-tried", "restore last tried", Moment, 32;
    /// `yes` when the backup is kept where the network cannot reach it, `no` when not.
    BackupOffline = "backup.offline", "backup kept offline", Code, 3;

    // Directories and accounts. About an account, but for the first two, which are about the computer.
    /// `yes` when its computer account is switched on, `no` when not.
    ComputerEnabled = "directory.computer-enabled", "computer account switched on", Code, 3;
    /// Its computer account's last logon.
    ComputerLogon = "directory.computer-logon", "computer account last used", Moment, 32;
    /// The directory that the account is in, as the thing of a list (`L-...`).
    AccountDirectory = "account.directory", "is an account of the directory", Code, 14;
    /// `yes` when the account is switched on, `no` when not.
    AccountEnabled = "account.enabled", "account switched on", Code, 3;
    /// The account's last logon.
    AccountLogon = "account.logon", "account last used", Moment, 32;
    /// When its password was set.
    AccountPasswordSet = "account.password-set", "password set", Moment, 32;
    /// `yes` when its password never expires.
    AccountPasswordForever = "account.password-forever", "password never expires", Code, 3;
    /// `yes` when it needs no password.
    AccountPasswordNotNeeded = "account.password-not-needed", "needs no password", Code, 3;
    /// A group with wide rights that it is in: `domain-admins`, `enterprise-admins`, `administrators` and the like.
    AccountPrivilege = "account.privilege", "account has the rights of", Code, 32;
    /// `yes` when a service or a device uses it, not a person.
    AccountIsService = "account.is-service", "account of a service", Code, 3;
    /// Second factor of the account: `on`, `off`, `registered`.
    AccountSecondFactor = "account.second-factor", "second factor", Code, 12;

    // What other scanners found.
    /// A port that a scanner found open, with its word for the service, such as `ssh`. About the service.
    ServiceOpen = "scan.open", "was found open", Code, 32;
    /// A weakness that another scanner reported, as `CVE-2019-0708` or the scanner's own number `nessus:57608`.
    ScannerReport = "scan.report", "another scanner reported", Code, 32;
    /// The other scanner's words for a report without a CVE number: `number title`; a number has no space.
    ScannerTitle = "scan.title", "another scanner reported", Product, 160;

    // What firewalls and routers let through.
    /// A rule, or a part of one, as [`crate::FirewallRule`] writes it. About the set of rules (`L-...`), or the device that has them.
    FirewallRule = "rule.firewall", "has the rule", Locator, 2048;
}

impl FactKind {
    /// Its name everywhere: store, JSON, `why`.
    #[must_use]
    pub const fn code(self) -> &'static str {
        self.allowed().code
    }

    /// The kind with this code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.code() == code)
    }
}
