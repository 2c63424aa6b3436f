//! What proves an observation: where in which capture or list it was seen.

use crate::Timestamp;
use crate::coded::coded;

/// The place of a source in the list that a round was given, from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceIndex(pub u16);

/// One packet of one capture, or one row of one list.
///
/// The order is that of reading: source, then record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Evidence {
    /// Which source.
    pub source: SourceIndex,
    /// The packet's number in a capture, from 1, as every packet analyser counts; the line or row of a list, from 1, as
    /// editors and spreadsheets count.
    pub record: u64,
    /// Where a packet's record begins, in bytes from the start of the (decompressed) capture; 0 in a list.
    pub offset: u64,
}

/// When something was seen, and what proves it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Sighting {
    /// What proves it; first, because evidence orders sightings even when clocks are wrong.
    pub evidence: Evidence,
    /// The packet's own time; of a list, the day that it tells of.
    pub at: Timestamp,
}

coded! {
    /// What kind of source it is. The label names one of them.
    enum SourceKind, label {
        /// Recorded traffic (pcap, pcapng).
        Capture = "capture", "capture";
        /// Computers of a directory (Active Directory).
        DirectoryComputers = "directory-computers", "list of computers of a directory";
        /// Accounts of a directory (Active Directory, Entra ID).
        DirectoryAccounts = "directory-accounts", "list of accounts of a directory";
        /// Second factors of a mail tenant's accounts.
        SecondFactors = "second-factors", "list of second factors";
        /// Installed software and updates, in a table.
        SoftwareList = "software-list", "list of installed software";
        /// `dpkg -l`, or `dpkg-query -W`.
        Dpkg = "dpkg", "list of Debian packages";
        /// `rpm -qa`.
        Rpm = "rpm", "list of RPM packages";
        /// `winget list`.
        Winget = "winget", "list of winget packages";
        /// `wmic product`, `wmic qfe`, `Get-HotFix`, `systeminfo`.
        Wmic = "wmic", "list of Windows software or updates";
        /// Updates that a management tool says are missing (WSUS, SCCM, Intune and the like).
        MissingUpdates = "missing-updates", "list of missing updates";
        /// State of endpoint protection.
        EndpointProtection = "endpoint-protection", "list of endpoint protection";
        /// Backup jobs.
        BackupJobs = "backup-jobs", "list of backup jobs";
        /// ISC dhcpd leases.
        IscLeases = "isc-leases", "leases of ISC dhcpd";
        /// Kea leases.
        KeaLeases = "kea-leases", "leases of Kea";
        /// dnsmasq leases.
        DnsmasqLeases = "dnsmasq-leases", "leases of dnsmasq";
        /// Windows DHCP leases.
        WindowsLeases = "windows-leases", "leases of a Windows DHCP server";
        /// ARP or neighbour table of a router.
        ArpTable = "arp-table", "ARP table";
        /// MAC address table of a switch.
        MacTable = "mac-table", "MAC address table";
        /// Inventory of IT (CMDB) or of medical equipment (CMMS).
        Inventory = "inventory", "inventory list";
        /// Nmap XML.
        Nmap = "nmap", "Nmap result";
        /// Nessus (`.nessus`).
        Nessus = "nessus", "Nessus result";
        /// OpenVAS or Greenbone XML.
        OpenVas = "openvas", "OpenVAS result";
        /// CycloneDX software bill of materials.
        CycloneDx = "cyclonedx", "software bill of materials (CycloneDX)";
        /// SPDX software bill of materials.
        Spdx = "spdx", "software bill of materials (SPDX)";
        /// Maker's security sheet (MDS2, HN 1-2013 or 1-2019).
        Mds2 = "mds2", "maker's security sheet (MDS2)";
        /// `iptables-save` or `ip6tables-save`.
        IptablesRules = "iptables-rules", "firewall rules (iptables)";
        /// Access lists of Cisco IOS and ASA.
        CiscoRules = "cisco-rules", "access lists (Cisco)";
        /// Rules of a firewall, in a table.
        RuleList = "rule-list", "list of firewall rules";
        /// What a maker says of weaknesses (VEX: OpenVEX, CycloneDX, CSAF).
        Vex = "vex", "maker's statements on weaknesses (VEX)";
        /// Logs of Zeek.
        Zeek = "zeek", "Zeek log";
        /// Suricata's events (`eve.json`).
        Eve = "eve", "Suricata log";
        /// What hosts answered to questions that were put to them (`wardround ask`).
        Asked = "asked", "answers to questions";
        /// Flow records of routers and switches (NetFlow, IPFIX, sFlow).
        Flows = "flows", "flow records";
        /// `/lib/apk/db/installed`.
        Apk = "apk", "list of Alpine packages";
    }
}

impl SourceKind {
    /// Whether it comes as a file that a person imports.
    #[must_use]
    pub const fn is_imported(self) -> bool {
        !self.is_traffic() && !matches!(self, Self::Asked)
    }

    /// Whether it shows what went over the wire as it went.
    #[must_use]
    pub const fn is_traffic(self) -> bool {
        matches!(self, Self::Capture | Self::Flows)
    }

    /// What one record of it is called, and several.
    #[must_use]
    pub const fn record(self) -> (&'static str, &'static str) {
        match self {
            Self::Capture => ("packet", "packets"),
            Self::Flows => ("flow record", "flow records"),
            _ => ("row", "rows"),
        }
    }
}

/// A capture or list that a round read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// What kind of source it is.
    pub kind: SourceKind,
    /// The file's name without its folder, or `standard input`.
    pub name: String,
    /// Bytes read from it, before decompression.
    pub bytes: u64,
    /// Packets of a capture, flow records, or rows of a list, read from it.
    pub records: u64,
    /// The earliest packet's time, or the day that a list tells of.
    pub first: Option<Timestamp>,
    /// The latest packet's time, or the day that a list tells of.
    pub last: Option<Timestamp>,
    /// Names of the capture points in it (pcapng interfaces), in their order; empty when the format has none.
    pub interfaces: Vec<String>,
    /// Why reading ended early, in words for a person, if it did.
    pub ended_early: Option<String>,
}
