//! The table `asset` and what hangs on it: `asset_mac`, `asset_ip`, `asset_name`, `claim`, `service`, `product`.

use std::collections::BTreeMap;

use wardround_model::{
    Asset, AssetId, Claim, Confidence, DeviceClass, ObservationId, Protocol, Reason, SeenProduct, Service,
    Timestamp,
};

use crate::columns::{Columns, endpoint_cells};
use crate::error::Trouble;
use crate::pages::PageWriter;
use crate::reason::{About, Owner, ReasonWriter, Reasons};
use crate::table::{By, Kept, Paged, Place, Reader, Table, TableWriter, Writer, shown};

static ASSET: Table = Table {
    owner: "round_id",
    name: "asset",
    key: &["position"],
    values: &["id", "first_at", "last_at", "seen_directly"],
};
const BY_ID: By = By::index("id", "asset_of_id");
pub(crate) static MAC: Paged = Paged(Table {
    owner: "round_id",
    name: "asset_mac",
    key: &["asset_position", "position"],
    values: &["mac"],
});
static IP: Table =
    Table { owner: "round_id", name: "asset_ip", key: &["asset_position", "position"], values: &["ip"] };
pub(crate) static NAME: Paged = Paged(Table {
    owner: "round_id",
    name: "asset_name",
    key: &["asset_position", "position"],
    values: &["name"],
});
pub(crate) static CLAIM: Paged = Paged(Table {
    owner: "round_id",
    name: "claim",
    key: &["asset_position", "about"],
    values: &["value", "confidence"],
});
pub(crate) static SERVICE: Paged = Paged(Table {
    owner: "round_id",
    name: "service",
    key: &["asset_position", "position"],
    values: &["ip", "transport", "port", "protocol", "clients"],
});
pub(crate) static PRODUCT: Paged = Paged(Table {
    owner: "round_id",
    name: "product",
    key: &["asset_position", "position"],
    values: &["ip", "transport", "port", "text", "observation_id"],
});

pub(crate) fn write<'r>(
    writer: Writer<'_>,
    reasons: &mut ReasonWriter<'_, 'r>,
    all: &'r [Asset],
) -> Result<(), Trouble> {
    let mut tables = AssetWriter::new(writer)?;
    for (position, asset) in all.iter().enumerate() {
        let id = shown(asset.id);
        let (first, last) = (asset.first_seen.into(), asset.last_seen.into());
        tables.assets.row(&[position.into(), id, first, last, asset.seen_directly.into()])?;
        tables.write_addresses(position, asset)?;
        tables.write_claims(position, asset, reasons)?;
        tables.write_services(position, &asset.services)?;
        tables.write_products(position, &asset.products)?;
    }
    tables.finish()
}

struct AssetWriter<'c> {
    assets: TableWriter<'c>,
    macs: PageWriter<'c>,
    ips: TableWriter<'c>,
    names: PageWriter<'c>,
    claims: PageWriter<'c>,
    services: PageWriter<'c>,
    products: PageWriter<'c>,
}

impl<'c> AssetWriter<'c> {
    fn new(writer: Writer<'c>) -> Result<Self, Trouble> {
        Ok(Self {
            assets: writer.table(&ASSET)?,
            macs: writer.pages(&MAC)?,
            ips: writer.table(&IP)?,
            names: writer.pages(&NAME)?,
            claims: writer.pages(&CLAIM)?,
            services: writer.pages(&SERVICE)?,
            products: writer.pages(&PRODUCT)?,
        })
    }

    fn finish(self) -> Result<(), Trouble> {
        let Self { macs, names, claims, services, products, .. } = self;
        [macs, names, claims, services, products].into_iter().try_for_each(PageWriter::finish)
    }

    fn write_addresses(&mut self, owner: usize, asset: &Asset) -> Result<(), Trouble> {
        for (position, mac) in asset.macs.iter().enumerate() {
            self.macs.row(&[owner.into(), position.into(), shown(mac)])?;
        }
        for (position, ip) in asset.ips.iter().enumerate() {
            self.ips.row(&[owner.into(), position.into(), shown(ip)])?;
        }
        for (position, name) in asset.names.iter().enumerate() {
            self.names.row(&[owner.into(), position.into(), name.into()])?;
        }
        Ok(())
    }

    fn write_claims<'r>(
        &mut self,
        owner: usize,
        asset: &'r Asset,
        reasons: &mut ReasonWriter<'_, 'r>,
    ) -> Result<(), Trouble> {
        let class = (About::Class, asset.class.value.code(), asset.class.confidence, &asset.class.reasons);
        let others = [
            (About::Maker, &asset.maker),
            (About::Model, &asset.model),
            (About::Serial, &asset.serial),
            (About::Software, &asset.software),
            (About::OperatingSystem, &asset.operating_system),
            (About::CareArea, &asset.care_area),
        ];
        let others = others.into_iter().filter_map(|(about, claim)| {
            let claim = claim.as_ref()?;
            Some((about, claim.value.as_str(), claim.confidence, &claim.reasons))
        });
        for (about, value, confidence, why) in std::iter::once(class).chain(others) {
            let percent = u64::from(confidence.as_percent());
            self.claims.row(&[owner.into(), about.code().into(), value.into(), percent.into()])?;
            reasons.claim(owner, about, why)?;
        }
        Ok(())
    }

    fn write_services(&mut self, owner: usize, services: &[Service]) -> Result<(), Trouble> {
        for (position, service) in services.iter().enumerate() {
            let [ip, transport, port] = endpoint_cells(Some(service.endpoint));
            let protocol = service.protocol.map(Protocol::code).into();
            let clients = service.clients.into();
            self.services.row(&[owner.into(), position.into(), ip, transport, port, protocol, clients])?;
        }
        Ok(())
    }

    fn write_products(&mut self, owner: usize, products: &[SeenProduct]) -> Result<(), Trouble> {
        for (position, product) in products.iter().enumerate() {
            let [ip, transport, port] = endpoint_cells(product.endpoint);
            let (text, seen) = ((&product.text).into(), shown(product.observation));
            self.products.row(&[owner.into(), position.into(), ip, transport, port, text, seen])?;
        }
        Ok(())
    }
}

pub(crate) fn read(reader: Reader<'_>, reasons: &mut Reasons) -> Result<Vec<Asset>, Trouble> {
    let heads = reader.list(&ASSET, Head::read)?;
    let mut macs = reader.lists(&MAC, heads.len(), |columns| columns.shown())?;
    let mut ips = reader.lists(&IP, heads.len(), |columns| columns.shown())?;
    let mut names = reader.lists(&NAME, heads.len(), |columns| columns.text())?;
    let mut services = reader.lists(&SERVICE, heads.len(), read_service)?;
    let mut products = reader.lists(&PRODUCT, heads.len(), read_product)?;
    let mut claims = Claims::read(reader)?;
    let mut assets = Vec::with_capacity(heads.len());
    for (position, head) in heads.into_iter().enumerate() {
        let mut text = |about| claims.take(position, about, reasons, |value| Some(value.to_owned()));
        let (maker, model, serial) = (text(About::Maker)?, text(About::Model)?, text(About::Serial)?);
        let (software, operating_system) = (text(About::Software)?, text(About::OperatingSystem)?);
        let care_area = text(About::CareArea)?;
        let class = claims.take(position, About::Class, reasons, DeviceClass::from_code)?;
        assets.push(Asset {
            id: head.id,
            macs: macs.next().unwrap_or_default(),
            ips: ips.next().unwrap_or_default(),
            names: names.next().unwrap_or_default(),
            class: class.ok_or(Trouble::Damaged(Place { table: CLAIM.0.name, column: "about" }))?,
            maker,
            model,
            serial,
            software,
            operating_system,
            care_area,
            services: services.next().unwrap_or_default(),
            products: products.next().unwrap_or_default(),
            first_seen: head.first_seen,
            last_seen: head.last_seen,
            seen_directly: head.seen_directly,
        });
    }
    claims.all_taken()?;
    Ok(assets)
}

/// The first asset with this id, and its position.
pub(crate) fn read_one(reader: Reader<'_>, id: AssetId) -> Result<Option<(usize, Asset)>, Trouble> {
    let mut heads = reader.each_where(&ASSET, (BY_ID, id.to_string()), 1, |columns| {
        Ok((columns.number::<usize>()?, Head::read(columns)?))
    })?;
    let Some((position, head)) = heads.pop() else { return Ok(None) };
    let of = OfAsset { reader, position };
    let mut reasons = Reasons::of_claims(reader, position)?;
    let mut claims = Claims::of(of)?;
    let mut text = |about| claims.take(position, about, &mut reasons, |value| Some(value.to_owned()));
    let (maker, model, serial) = (text(About::Maker)?, text(About::Model)?, text(About::Serial)?);
    let (software, operating_system) = (text(About::Software)?, text(About::OperatingSystem)?);
    let care_area = text(About::CareArea)?;
    let class = claims.take(position, About::Class, &mut reasons, DeviceClass::from_code)?;
    let asset = Asset {
        id: head.id,
        macs: of.list(&MAC, |columns| columns.shown())?,
        ips: of.list(&IP, |columns| columns.shown())?,
        names: of.list(&NAME, |columns| columns.text())?,
        class: class.ok_or(Trouble::Damaged(Place { table: CLAIM.0.name, column: "about" }))?,
        maker,
        model,
        serial,
        software,
        operating_system,
        care_area,
        services: of.list(&SERVICE, read_service)?,
        products: of.list(&PRODUCT, read_product)?,
        first_seen: head.first_seen,
        last_seen: head.last_seen,
        seen_directly: head.seen_directly,
    };
    Ok(Some((position, asset)))
}

/// What hangs on one asset.
#[derive(Clone, Copy)]
struct OfAsset<'c> {
    reader: Reader<'c>,
    position: usize,
}

impl OfAsset<'_> {
    /// The rows of a table whose keys are the asset's position, then their own.
    fn list<T>(
        &self,
        table: &'static impl Kept,
        mut row: impl FnMut(&mut Columns<'_>) -> Result<T, Trouble>,
    ) -> Result<Vec<T>, Trouble> {
        self.reader.each_of(table, self.position, |columns| {
            let _key: (i64, i64) = (columns.number()?, columns.number()?);
            row(columns)
        })
    }
}

/// An asset's own row.
struct Head {
    id: AssetId,
    first_seen: Timestamp,
    last_seen: Timestamp,
    seen_directly: bool,
}

impl Head {
    fn read(columns: &mut Columns<'_>) -> Result<Self, Trouble> {
        let id = AssetId(columns.id("A-")?);
        let (first_seen, last_seen) = (columns.moment()?, columns.moment()?);
        Ok(Self { id, first_seen, last_seen, seen_directly: columns.flag()? })
    }
}

fn read_service(columns: &mut Columns<'_>) -> Result<Service, Trouble> {
    let endpoint = columns.endpoint()?;
    let protocol = columns.maybe_code(Protocol::from_code)?;
    Ok(Service { endpoint, protocol, clients: columns.number()? })
}

fn read_product(columns: &mut Columns<'_>) -> Result<SeenProduct, Trouble> {
    let (endpoint, text) = (columns.maybe_endpoint()?, columns.text()?);
    Ok(SeenProduct { endpoint, text, observation: ObservationId(columns.id("O-")?) })
}

/// All claims of a round, until their assets take them.
struct Claims(BTreeMap<(usize, About), (String, Confidence)>);

impl Claims {
    fn read(reader: Reader<'_>) -> Result<Self, Trouble> {
        let mut claims = BTreeMap::new();
        reader.each(&CLAIM, |columns| {
            let key = (columns.number()?, columns.code(About::from_code)?);
            let doubled = claims.insert(key, (columns.text()?, columns.confidence()?)).is_some();
            if doubled { Err(columns.damaged()) } else { Ok(()) }
        })?;
        Ok(Self(claims))
    }

    /// Those of one asset.
    fn of(asset: OfAsset<'_>) -> Result<Self, Trouble> {
        let claims = asset.reader.each_of(&CLAIM, asset.position, |columns| {
            let key = (columns.number()?, columns.code(About::from_code)?);
            Ok((key, (columns.text()?, columns.confidence()?)))
        })?;
        Ok(Self(claims.into_iter().collect()))
    }

    /// What is said of this asset about this, if anything.
    fn take<T>(
        &mut self,
        asset: usize,
        about: About,
        reasons: &mut Reasons,
        from_text: impl Fn(&str) -> Option<T>,
    ) -> Result<Option<Claim<T>>, Trouble> {
        let Some((text, confidence)) = self.0.remove(&(asset, about)) else { return Ok(None) };
        let unknown = || Trouble::UnknownCode(Place { table: CLAIM.0.name, column: "value" });
        let value = from_text(&text).ok_or_else(unknown)?;
        let reasons: Vec<Reason> = reasons.take(Owner::Claim(asset, about))?;
        Ok(Some(Claim { value, confidence, reasons }))
    }

    fn all_taken(&self) -> Result<(), Trouble> {
        let damaged = || Trouble::Damaged(Place { table: CLAIM.0.name, column: "asset_position" });
        if self.0.is_empty() { Ok(()) } else { Err(damaged()) }
    }
}
