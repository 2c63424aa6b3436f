//! Recalls of medical devices, by maker and model. Only open ones count. Which single units are meant stands in the
//! regulator's record alone, so the text sends people to the serial number.

use wardround_intel::Index;
use wardround_intel::index::{ProductMatch, Recall, RecallClass};
use wardround_model::{Grade, Reason, WeakSetting};

use crate::devices::Device;
use crate::opinion::{Open, Opinion, Weak};

/// The most recalls of one model that are told one by one, the newest first.
const MOST: usize = 10;

/// Adds what recalls say of a device.
pub(crate) fn of_device(index: &Index<'_>, device: &Device<'_>, opinion: &mut Opinion) {
    let recalls = index.recalls_of(device.maker, device.model);
    for recall in recalls.iter().filter(|recall| recall.is_open()).take(MOST) {
        match recall.names {
            ProductMatch::Same | ProductMatch::Model => opinion.weak.push(recalled(recall)),
            ProductMatch::Family => opinion.open.push(of_family(device, recall)),
        }
    }
}

fn recalled(recall: &Recall<'_>) -> Weak {
    let began = recall.began.map(|day| format!(" since {day}")).unwrap_or_default();
    let cause = if recall.cause.is_empty() {
        String::new()
    } else {
        format!(". The cause, by FDA's list: {}", recall.cause.to_lowercase())
    };
    let text = format!(
        "The recall {} by {} is open{began}, and names this model; {}{cause}",
        recall.id,
        recall.firm,
        danger(recall.class)
    );
    Weak {
        setting: WeakSetting::Recalled,
        protocol: recall.id.to_lowercase(),
        grade: Some(Grade::VersionUnknown),
        title: format!("May be part of the recall {}", recall.id),
        reasons: vec![Reason::new(text, [])],
    }
}

fn danger(class: RecallClass) -> &'static str {
    match class {
        RecallClass::One => "its use may cause serious harm or death (class I)",
        RecallClass::Two => "its use may cause harm that passes (class II)",
        RecallClass::Three => "its use is not likely to cause harm (class III)",
        RecallClass::NotStated => "how dangerous it is, is not said",
    }
}

fn of_family(device: &Device<'_>, recall: &Recall<'_>) -> Open {
    let Device { maker, model, .. } = device;
    let text = format!(
        "The recall {} by {} names {}. It shows itself as {model} by {maker}, which may be of the same family",
        recall.id, recall.firm, recall.device
    );
    let question = format!("Is the serial number of this {model} among those of the recall {}?", recall.id);
    let mut open = Open::to_owner(format!("recall:{}", recall.id), text, question);
    open.grade = Some(Grade::ModelFamily);
    open
}
