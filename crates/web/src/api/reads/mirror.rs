//! The shape of where the next mirror port would add most. Not here: what is counted (`wardround_report::mirror`).

use schemars::JsonSchema;
use serde::Serialize;
use wardround_report::mirror::{MirrorAdvice, MirrorSwitch, Recipe};

/// A network in which something is missing.
#[derive(Serialize, JsonSchema)]
pub(super) struct MirrorPort {
    /// Such as "10.20.4.0/24".
    network: String,
    /// Devices that are known there and were not heard on their own link.
    devices: u64,
    /// Those of them that take part in care.
    medical: u64,
    /// Conversations of which what is sent from there is missing.
    one_way_conversations: u64,
    /// The switches at which such devices stand, the one with most first; then those that have their address there.
    switches: Vec<Switch>,
}

/// A switch.
#[derive(Serialize, JsonSchema)]
struct Switch {
    /// Its id, where more of it is known than its address.
    #[serde(skip_serializing_if = "Option::is_none")]
    device: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    address: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    maker: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    model: Option<String>,
    /// How its maker's switches mirror ports; several where its system is not known.
    recipes: Vec<HowItMirrors>,
    /// Devices of the network that stand at it, by its own table of neighbours (LLDP), and were not heard.
    devices: u64,
    /// Those of them that take part in care.
    medical: u64,
    /// Where they stand: its ports by their names, such as `Gi1/0/7`, or `port-7` where only a number is known by which it counts them.
    ports: Vec<String>,
    /// Devices of all networks that stand at it and were not heard.
    devices_in_all: u64,
    medical_in_all: u64,
}

/// A section of docs/mirror-ports.md.
#[derive(Serialize, JsonSchema)]
struct HowItMirrors {
    title: &'static str,
    /// Where it begins, such as "dell-os10".
    anchor: String,
}

impl From<&MirrorAdvice> for MirrorPort {
    fn from(from: &MirrorAdvice) -> Self {
        Self {
            network: from.network.clone(),
            devices: from.unheard,
            medical: from.medical,
            one_way_conversations: from.one_way,
            switches: from.switches.iter().map(Into::into).collect(),
        }
    }
}

impl From<&MirrorSwitch> for Switch {
    fn from(from: &MirrorSwitch) -> Self {
        let recipe = |recipe: &&Recipe| HowItMirrors { title: recipe.title, anchor: recipe.anchor() };
        Self {
            device: from.asset.map(|asset| asset.to_string()),
            name: from.name.clone(),
            address: from.address.to_string(),
            maker: from.maker.clone(),
            model: from.model.clone(),
            recipes: from.recipes.iter().map(recipe).collect(),
            devices: from.devices,
            medical: from.medical,
            ports: from.ports.iter().map(ToString::to_string).collect(),
            devices_in_all: from.devices_in_all,
            medical_in_all: from.medical_in_all,
        }
    }
}
