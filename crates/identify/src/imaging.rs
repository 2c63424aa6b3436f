//! Signs of imaging devices, archives, viewers and film printers: who asks what of whom in DICOM (PS3.4, PS3.7).
//!
//! That images come from somewhere does not make it their maker: archives and gateways pass on images of other devices,
//! viewing workstations fetch and send them, test programs send anything. So the roles decide, and the data sets only
//! where they all name one device. Not here: signs of single facts, and what each sign is worth (`rules/signs.txt`).

use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use wardround_model::{FactKind, Observation, Protocol, Reason};

use crate::makers;
use crate::portrait::{Portrait, Talk, because, because_of_talks, peers, words};
use crate::signs::{Test, counted};
use crate::terms::Terms;

const WORKLIST: &str = "1.2.840.10008.5.1.4.31";
const PERFORMED_STEP: &str = "1.2.840.10008.3.1.2.3.3";
const COMMITMENT: &str = "1.2.840.10008.1.20.1";
const STORAGE: &str = "1.2.840.10008.5.1.4.1.1.";
const QUERY_RETRIEVE: &str = "1.2.840.10008.5.1.4.1.2.";
/// Secondary capture image storage (PS3.4, B.5), in one frame or several.
const CAPTURE: &str = "1.2.840.10008.5.1.4.1.1.7";
const MULTI_FRAME_CAPTURE: &str = "1.2.840.10008.5.1.4.1.1.7.";
/// Print management (PS3.4, annex H).
const PRINT: &str = "1.2.840.10008.5.1.1.";

/// The tests, by the names that `rules/signs.txt` calls them.
pub(crate) const TESTS: &[(&str, Test)] = &[
    ("sends-images-of-one-device", |p| images_of_one_device(p).filter(|_| !may_be_of_others(p))),
    ("sends-images-as-programs-may", |p| images_of_one_device(p).filter(|_| may_be_of_others(p))),
    ("sends-images-that-name-no-device", |p| images_of_nobody(p).filter(|_| !may_be_of_others(p))),
    ("works-a-list", |p| works_a_list(p).filter(|_| !has_toolkit(p))),
    ("works-a-list-as-programs-may", |p| works_a_list(p).filter(|_| has_toolkit(p))),
    ("has-card-of-the-maker-of-its-images", card_of_the_same_maker),
    ("asks-for-safe-keeping", asks_for_safe_keeping),
    ("is-named-like-a-modality", is_named_like_a_modality),
    ("keeps-images-of-several", |p| keeps_images(p, 2..=usize::MAX)),
    ("answers-queries", answers_queries),
    ("passes-on-images-of-many", |p| passes_on_images(p, 3..=usize::MAX)),
    ("keeps-images-of-one", |p| keeps_images(p, 1..=1)),
    ("passes-on-images-of-two", |p| passes_on_images(p, 2..=2)),
    ("is-asked-by-many", is_asked_by_many),
    ("gives-worklists", gives_worklists),
    ("fetches-images", fetches_images),
    ("only-asks", only_asks),
    ("prints-film", prints_film),
    ("only-tests", only_tests),
];

fn commands<'a>(p: &Portrait<'a>, names: &[&str]) -> Vec<&'a Observation> {
    p.facts_where(FactKind::DicomCommand, |value| names.contains(&value))
}

fn sends_images(p: &Portrait<'_>) -> bool {
    p.has(FactKind::DicomCommand, "C-STORE-RQ")
}

fn retrieves(p: &Portrait<'_>) -> bool {
    !commands(p, &["C-MOVE-RQ", "C-GET-RQ"]).is_empty()
}

/// Hosts that store images here.
fn image_senders<'a>(p: &Portrait<'a>) -> Vec<Talk<'a>> {
    let sends =
        |talk: &Talk<'_>| p.scene.says(talk.peer_ip, FactKind::DicomCommand, |value| value == "C-STORE-RQ");
    // A sender with one DICOM server sends its images there; of one with several it must be seen who takes them.
    let has_one_server = |talk: &Talk<'_>| {
        let mut asked =
            p.scene.as_client(talk.peer_ip).iter().filter(|it| it.protocol == Some(Protocol::Dicom));
        asked.all(|it| it.server.ip == talk.conversation.server.ip)
    };
    let takes = takes_images(p);
    p.serving(Protocol::Dicom)
        .into_iter()
        .filter(|talk| sends(talk) && (takes || has_one_server(talk)))
        .collect()
}

fn takes_images(p: &Portrait<'_>) -> bool {
    p.has(FactKind::DicomCommand, "C-STORE-RSP") || !accepts(p, STORAGE).is_empty()
}

fn receives_images(p: &Portrait<'_>) -> bool {
    p.has(FactKind::DicomCommand, "C-STORE-RSP") || !image_senders(p).is_empty()
}

fn accepts<'a>(p: &Portrait<'a>, beginning: &str) -> Vec<&'a Observation> {
    p.facts_where(FactKind::DicomAcceptsSop, |value| value.starts_with(beginning))
}

fn has_toolkit(p: &Portrait<'_>) -> bool {
    let versions = p.facts(FactKind::DicomImplementationVersion);
    let named = |version: &&&Observation| Terms::Toolkits.begin(&version.fact.value().to_ascii_lowercase());
    let is_class = |value: &str| Terms::ToolkitClasses.begin(value);
    versions.iter().any(|version| named(&version))
        || (versions.is_empty() && !p.facts_where(FactKind::DicomImplementationClass, is_class).is_empty())
}

/// Whether programs that make no images send like this too: test programs, viewers, and what saves pictures of a screen.
fn may_be_of_others(p: &Portrait<'_>) -> bool {
    has_toolkit(p) || retrieves(p) || sends_only_captures(p)
}

/// Whether all images that it offers to send are secondary captures: pictures of a screen, copies, post-processing.
fn sends_only_captures(p: &Portrait<'_>) -> bool {
    let offered = p.facts_where(FactKind::DicomProposesSop, |value| value.starts_with(STORAGE));
    let is_capture = |value: &str| value == CAPTURE || value.starts_with(MULTI_FRAME_CAPTURE);
    !offered.is_empty() && offered.iter().all(|it| is_capture(it.fact.value()))
}

/// Modality terms of the images that it sent.
fn image_kinds<'a>(p: &Portrait<'a>) -> BTreeSet<&'a str> {
    let mut kinds = p.values(FactKind::DicomModality);
    kinds.retain(|kind| Terms::ImageMaking.has(kind));
    kinds
}

/// Models that its data sets name, however they are written.
fn models(p: &Portrait<'_>) -> BTreeSet<String> {
    p.values(FactKind::DicomModel).into_iter().map(str::to_lowercase).collect()
}

/// Whether all data sets that it sent are of one device, and it got none from others: then that device is itself.
pub(crate) fn sends_as_one_device(p: &Portrait<'_>) -> bool {
    let manufacturers: BTreeSet<String> = p
        .values(FactKind::DicomManufacturer)
        .into_iter()
        .map(|name| makers::tidy_imaging(name).to_lowercase())
        .collect();
    let serials = p.values(FactKind::DicomDeviceSerial).len();
    sends_images(p) && !receives_images(p) && models(p).len() == 1 && manufacturers.len() <= 1 && serials <= 1
}

fn sent_data_sets<'a>(p: &Portrait<'a>) -> impl Iterator<Item = &'a Observation> {
    let model = p.facts(FactKind::DicomModel).iter().take(1);
    commands(p, &["C-STORE-RQ"])
        .into_iter()
        .chain(p.facts(FactKind::DicomModality).iter().chain(model).copied())
}

fn images_of_one_device(p: &Portrait<'_>) -> Option<Reason> {
    let kinds = listed(&image_kinds(p));
    let model = p.facts(FactKind::DicomModel).first()?.fact.value();
    let maker = p.facts(FactKind::DicomManufacturer).first().map_or("", |it| it.fact.value());
    let text = format!(
        "It sends DICOM images (C-STORE) that name {kinds} as modality and all one device: {}",
        format!("{maker} {model}").trim_start()
    );
    (sends_as_one_device(p) && !kinds.is_empty()).then(|| because(text, sent_data_sets(p)))
}

fn images_of_nobody(p: &Portrait<'_>) -> Option<Reason> {
    let kinds = listed(&image_kinds(p));
    let fits = sends_images(p) && !receives_images(p) && models(p).is_empty() && !kinds.is_empty();
    let text = format!("It sends DICOM images (C-STORE) that name {kinds} as modality");
    fits.then(|| because(text, sent_data_sets(p)))
}

fn works_a_list(p: &Portrait<'_>) -> Option<Reason> {
    let asked =
        p.facts_where(FactKind::DicomProposesSop, |value| value == WORKLIST || value == PERFORMED_STEP);
    let text = "It asks for a worklist or reports examinations (DICOM), as imaging devices do";
    (!asked.is_empty() && !receives_images(p)).then(|| because(text, asked))
}

fn card_of_the_same_maker(p: &Portrait<'_>) -> Option<Reason> {
    let manufacturer = p.facts(FactKind::DicomManufacturer).first()?;
    let (mac, maker) =
        p.card_makers.iter().find(|(_, maker)| makers::agree(manufacturer.fact.value(), maker))?;
    let text = format!("Its network card is made by {maker}, which its images name as their maker too");
    let fits = sends_as_one_device(p) && !image_kinds(p).is_empty();
    fits.then(|| because(text, [*manufacturer].into_iter().chain(p.proof_of_card(*mac))))
}

fn asks_for_safe_keeping(p: &Portrait<'_>) -> Option<Reason> {
    let asked = p.facts_where(FactKind::DicomProposesSop, |value| value == COMMITMENT);
    let fits = p.has(FactKind::DicomCommand, "N-ACTION-RQ") && !asked.is_empty() && !receives_images(p);
    fits.then(|| because("It asks an archive to keep its images (DICOM storage commitment)", asked))
}

fn is_named_like_a_modality(p: &Portrait<'_>) -> Option<Reason> {
    let is_modality =
        |value: &str| words(value).any(|word| Terms::ImageMaking.has(&word.to_ascii_uppercase()));
    let kinds = [FactKind::DicomStationName, FactKind::DicomCallingAe];
    let named: Vec<_> = kinds.iter().flat_map(|kind| p.facts_where(*kind, is_modality)).collect();
    let name = named.first()?.fact.value();
    sends_as_one_device(p).then(|| because(format!("It calls itself {name}"), named))
}

fn keeps_images(p: &Portrait<'_>, hosts: RangeInclusive<usize>) -> Option<Reason> {
    let senders = image_senders(p);
    let count = peers(&senders);
    // A viewer gets what it fetched; that makes no archive of it.
    let fits = hosts.contains(&count) && (!retrieves(p) || answers_queries(p).is_some());
    let text = format!("It takes DICOM images (C-STORE) from {}", counted(count));
    fits.then(|| because_of_talks(text, senders))
}

fn answers_queries(p: &Portrait<'_>) -> Option<Reason> {
    let retrieved = commands(p, &["C-MOVE-RSP", "C-GET-RSP"]);
    let found = commands(p, &["C-FIND-RSP"]);
    let accepted = accepts(p, QUERY_RETRIEVE);
    let fits = !retrieved.is_empty() || (!found.is_empty() && !accepted.is_empty());
    let grounds = retrieved.into_iter().chain(found).chain(accepted);
    fits.then(|| because("It answers searches for images (DICOM query and retrieve)", grounds))
}

fn passes_on_images(p: &Portrait<'_>, devices: RangeInclusive<usize>) -> Option<Reason> {
    let count = models(p).len();
    let fits = sends_images(p) && !retrieves(p) && devices.contains(&count);
    let text = format!("It sends images of {count} different devices (DICOM), so it passes them on");
    fits.then(|| because(text, p.facts(FactKind::DicomModel).iter().copied()))
}

fn is_asked_by_many(p: &Portrait<'_>) -> Option<Reason> {
    let talks = p.serving(Protocol::Dicom);
    let count = peers(&talks);
    let text = format!("{} use its DICOM service", counted(count));
    (count >= 3 && takes_images(p)).then(|| because_of_talks(text, talks))
}

fn gives_worklists(p: &Portrait<'_>) -> Option<Reason> {
    let accepted = accepts(p, WORKLIST);
    let fits = !accepted.is_empty() && !receives_images(p);
    fits.then(|| {
        because("It gives worklists to imaging devices (DICOM), as information systems do", accepted)
    })
}

fn fetches_images(p: &Portrait<'_>) -> Option<Reason> {
    let fetched = commands(p, &["C-MOVE-RQ", "C-GET-RQ"]);
    let fits = !fetched.is_empty() && answers_queries(p).is_none() && !sends_as_one_device(p);
    fits.then(|| {
        because("It fetches images from an archive (DICOM retrieve), as viewing workstations do", fetched)
    })
}

fn only_asks(p: &Portrait<'_>) -> Option<Reason> {
    let asked = commands(p, &["C-FIND-RQ"]);
    let search = p.facts_where(FactKind::DicomProposesSop, |value| value.starts_with(QUERY_RETRIEVE));
    let fits = !asked.is_empty() && !search.is_empty() && !sends_images(p) && answers_queries(p).is_none();
    fits.then(|| {
        because(
            "It searches an archive (DICOM query) and sends no images of its own",
            asked.into_iter().chain(search),
        )
    })
}

fn prints_film(p: &Portrait<'_>) -> Option<Reason> {
    let accepted = accepts(p, PRINT);
    let fits = !accepted.is_empty() && !receives_images(p);
    fits.then(|| because("It takes print jobs for film (DICOM print management)", accepted))
}

/// Worth no class: says why a host that speaks DICOM is not called an imaging device.
fn only_tests(p: &Portrait<'_>) -> Option<Reason> {
    let text =
        "Its DICOM software is a general toolkit, which test programs and converters use as well as devices";
    let versions = p.facts(FactKind::DicomImplementationVersion).iter().copied();
    (has_toolkit(p) && sends_images(p)).then(|| because(text, versions))
}

fn listed(values: &BTreeSet<&str>) -> String {
    values.iter().take(4).copied().collect::<Vec<_>>().join(", ")
}
