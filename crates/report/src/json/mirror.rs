//! Where the next mirror port would add most, as JSON: documented in `docs/json.md`.

use serde::Serialize;
use wardround_model::Round;

use crate::mirror::{MirrorAdvice, MirrorSwitch, Recipe, advice};

#[derive(Serialize)]
pub(crate) struct MirrorShape {
    network: String,
    devices: u64,
    medical: u64,
    one_way_conversations: u64,
    switches: Vec<SwitchShape>,
}

#[derive(Serialize)]
struct SwitchShape {
    asset: Option<String>,
    name: Option<String>,
    address: String,
    maker: Option<String>,
    model: Option<String>,
    recipes: Vec<RecipeShape>,
    devices: u64,
    medical: u64,
    ports: Vec<String>,
    devices_in_all: u64,
    medical_in_all: u64,
}

#[derive(Serialize)]
struct RecipeShape {
    title: &'static str,
    anchor: String,
}

/// All of it, the most useful first.
pub(crate) fn shapes(round: &Round) -> Vec<MirrorShape> {
    advice(round).into_iter().map(shape).collect()
}

fn shape(advice: MirrorAdvice) -> MirrorShape {
    MirrorShape {
        network: advice.network,
        devices: advice.unheard,
        medical: advice.medical,
        one_way_conversations: advice.one_way,
        switches: advice.switches.into_iter().map(switch).collect(),
    }
}

fn switch(switch: MirrorSwitch) -> SwitchShape {
    let recipe = |recipe: &&Recipe| RecipeShape { title: recipe.title, anchor: recipe.anchor() };
    SwitchShape {
        asset: switch.asset.map(|asset| asset.to_string()),
        name: switch.name,
        address: switch.address.to_string(),
        maker: switch.maker,
        model: switch.model,
        recipes: switch.recipes.iter().map(recipe).collect(),
        devices: switch.devices,
        medical: switch.medical,
        ports: switch.ports.iter().map(ToString::to_string).collect(),
        devices_in_all: switch.devices_in_all,
        medical_in_all: switch.medical_in_all,
    }
}

#[cfg(test)]
mod tests {
    use wardround_model::{DeviceClass, FactKind, MacAddr, SourceKind, Subject};

    use super::*;
    use crate::page::made_up;

    const DOCUMENT: &str = include_str!("../../../../docs/json.md");

    /// A pump at a switch by Cisco.
    fn round() -> Round {
        let card = MacAddr([0x00, 0x1B, 0x2C, 0, 0, 1]);
        let mut pump = made_up::asset("10.1.4.1", "2026-11-23");
        pump.macs.push(card);
        let mut switch = made_up::asset("10.1.0.12", "2026-11-23");
        switch.class.value = DeviceClass::NetworkDevice;
        switch.names.push("switch-2".to_owned());
        let claim = |value: &str| {
            let (value, class) = (value.to_owned(), &pump.class);
            Some(wardround_model::Claim { value, confidence: class.confidence, reasons: Vec::new() })
        };
        (switch.maker, switch.model) = (claim("Cisco"), claim("WS-C2960X-48TS-L"));
        let mut round = made_up::round(vec![pump, switch], Vec::new());
        round.coverage.sources.push(made_up::list(SourceKind::Asked));
        let stands = "10.1.0.12,Gi1/0/7";
        round.observations.push(made_up::seen(
            Subject::Mac(card),
            FactKind::LldpNeighbourOf,
            stands,
            "2026-11-23",
        ));
        round
    }

    #[test]
    fn programs_read_what_people_read() {
        let shapes = shapes(&round());
        insta::assert_snapshot!(serde_json::to_string_pretty(&shapes[0]).unwrap(), @r#"
        {
          "network": "10.1.4.0/24",
          "devices": 1,
          "medical": 1,
          "one_way_conversations": 0,
          "switches": [
            {
              "asset": "A-33253b00e190",
              "name": "switch-2",
              "address": "10.1.0.12",
              "maker": "Cisco",
              "model": "WS-C2960X-48TS-L",
              "recipes": [
                {
                  "title": "Cisco Catalyst (IOS, IOS XE)",
                  "anchor": "cisco-catalyst-ios-ios-xe"
                }
              ],
              "devices": 1,
              "medical": 1,
              "ports": [
                "Gi1/0/7"
              ],
              "devices_in_all": 1,
              "medical_in_all": 1
            }
          ]
        }
        "#);
    }

    #[test]
    fn every_field_stands_in_the_document() {
        let rows: Vec<&str> = DOCUMENT.lines().filter(|line| line.starts_with("| `mirror_ports[]")).collect();
        let mut fields = Vec::new();
        names(&serde_json::to_value(shapes(&round())).unwrap(), &mut fields);
        assert!(fields.len() > 15, "{fields:?}");
        for field in fields {
            assert!(
                rows.iter().any(|row| row.contains(&format!("`{field}"))),
                "say in docs/json.md what {field} is"
            );
        }
    }

    /// The names of all fields, each as often as it is there.
    fn names(value: &serde_json::Value, to: &mut Vec<String>) {
        let inner: Vec<&serde_json::Value> = match value {
            serde_json::Value::Object(fields) => {
                to.extend(fields.keys().cloned());
                fields.values().collect()
            }
            serde_json::Value::Array(all) => all.iter().collect(),
            _ => Vec::new(),
        };
        inner.into_iter().for_each(|value| names(value, to));
    }
}
