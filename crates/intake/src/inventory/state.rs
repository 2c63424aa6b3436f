//! States of devices as inventories write them.

use crate::table::plain;

/// The code of a state; `None` when it is not known.
pub(super) fn state_of(text: &str) -> Option<&'static str> {
    Some(match plain(text).as_str() {
        "inuse" | "active" | "inservice" | "operational" | "deployed" | "production" | "inproduction"
        | "live" | "installed" | "assigned" | "aktiv" | "inbetrieb" | "imeinsatz" | "inbenutzung"
        | "produktiv" | "enservice" | "actif" | "enproduction" | "enusage" | "activo" | "enuso"
        | "operativo" | "ok" | "online" => "in-use",
        "spare" | "instock" | "stock" | "instorage" | "storage" | "reserve" | "backup" | "loaner"
        | "lager" | "auflager" | "ersatz" | "ersatzgerat" | "enstock" | "enreserve" | "secours"
        | "enalmacen" | "repuesto" | "standby" => "spare",
        "inrepair" | "repair" | "underrepair" | "outforrepair" | "broken" | "defective" | "maintenance"
        | "inmaintenance" | "defekt" | "reparatur" | "inreparatur" | "inwartung" | "enreparation"
        | "enpanne" | "enmaintenance" | "enreparacion" | "averiado" | "outofservice" | "awaitingparts" => {
            "in-repair"
        }
        "retired" | "disposed" | "decommissioned" | "scrapped" | "removed" | "inactive" | "sold"
        | "endoflife" | "ausgemustert" | "ausserbetrieb" | "stillgelegt" | "verschrottet" | "entsorgt"
        | "inaktiv" | "reforme" | "horsservice" | "misaurebut" | "debaja" | "baja" | "retirado"
        | "condemned" | "obsolete" => "retired",
        _ => return None,
    })
}
