//! The truth file of the demo capture.

use toml::{Table, Value};

use crate::program::root;

/// What a host really is.
pub(crate) struct Host {
    pub(crate) name: String,
    pub(crate) class: String,
    /// Cards and addresses.
    pub(crate) addresses: Vec<String>,
    /// Weakness codes; complete for weak settings.
    pub(crate) weaknesses: Vec<String>,
    /// `vendor:product:version` that further CVEs may rightly be reported for.
    pub(crate) vulnerable_products: Vec<String>,
    /// Its link is mirrored in one direction only.
    pub(crate) one_way: bool,
}

/// The whole truth.
pub(crate) struct Truth {
    pub(crate) hosts: Vec<Host>,
    pub(crate) canaries: Vec<String>,
    /// Client, server, port, transport, protocol of conversations that carry care.
    pub(crate) clinical: Vec<Table>,
}

/// Reads `examples/clinic.truth.toml`.
pub(crate) fn truth() -> Truth {
    let text = std::fs::read_to_string(root().join("examples/clinic.truth.toml")).unwrap();
    let table: Table = text.parse().unwrap();
    let tables =
        |key: &str| table[key].as_array().unwrap().iter().map(|item| item.as_table().unwrap().clone());
    Truth {
        hosts: tables("host").map(|host| self::host(&host)).collect(),
        canaries: strings(&table, "canaries"),
        clinical: tables("conversation").filter(|it| it["clinical"].as_bool().unwrap()).collect(),
    }
}

fn host(table: &Table) -> Host {
    let text = |key: &str| table[key].as_str().unwrap().to_owned();
    Host {
        name: text("name"),
        class: text("class"),
        addresses: [strings(table, "macs"), strings(table, "ips")].concat(),
        weaknesses: strings(table, "weaknesses"),
        vulnerable_products: strings(table, "vulnerable_products"),
        one_way: table["one_way"].as_bool().unwrap(),
    }
}

fn strings(table: &Table, key: &str) -> Vec<String> {
    let items = table.get(key).and_then(Value::as_array).into_iter().flatten();
    items.map(|item| item.as_str().unwrap().to_owned()).collect()
}
