//! `wardround import`: read lists, show what was understood, keep them for the next rounds.

pub(super) mod files;
pub(super) mod tell;

use anyhow::{Context as _, Result, bail};
use wardround_intake::{About, Mapping, Request, Thing};
use wardround_model::{ModelId, SourceIndex, Timestamp};
use wardround_round::Said;
use wardround_store::Store;

use crate::arguments::import::{ImportCommand, KeptImports, RunImport};
use crate::commands::{lookup, now, print};
use crate::failure::NotFound;
use crate::places;

pub(crate) fn run(command: ImportCommand) -> Result<()> {
    match command.kept {
        None => read_all(&command.run),
        Some(KeptImports::List(store)) => print(&tell::list(&lookup::store(store)?.import_list()?)),
        Some(KeptImports::Forget { import, store }) => {
            let mut store = lookup::store_for_writing(store)?;
            let known = store.import_list()?.iter().any(|head| head.id == import);
            if !known {
                let text = format!("there is no import {import}; `wardround import list` shows them");
                return Err(NotFound(text).into());
            }
            store.import_forget(import, now())?;
            print(&format!("{import} is forgotten: rounds use it no longer, and what it said is deleted.\n"))
        }
    }
}

/// Reads every file; a bad one is told and does not keep the others out.
fn read_all(run: &RunImport) -> Result<()> {
    let files = files::all(&run.files)?;
    let mut importer = Importer::new(run)?;
    let mut failed = 0_usize;
    for file in &files {
        if let Err(error) = importer.import(file) {
            failed = failed.saturating_add(1);
            let causes: Vec<String> = error.chain().map(ToString::to_string).collect();
            eprintln!("wardround: {}", causes.join(": "));
        }
    }
    let kept = files.len().saturating_sub(failed);
    if kept > 0 {
        importer.save_mapping()?;
        print(&tell::next(run.dry_run, &run.store.again()))?;
    }
    match (failed, kept) {
        (0, _) => Ok(()),
        (_, 0) => bail!("nothing was imported"),
        (failed, _) => bail!("{failed} of {} files could not be imported; the others were", files.len()),
    }
}

/// What every file of one command shares.
struct Importer<'a> {
    run: &'a RunImport,
    /// None in a dry run.
    store: Option<Store>,
    about: Option<About>,
    mapping: Option<Mapping>,
    now: Timestamp,
}

impl<'a> Importer<'a> {
    fn new(run: &'a RunImport) -> Result<Self> {
        let path = places::store(run.store.store.clone())?;
        let store = if run.dry_run { None } else { Some(Store::open(&path)?) };
        let saved = match &run.mapping {
            None => Vec::new(),
            Some(name) => {
                let saved = match &store {
                    Some(store) => store.mapping_load(name)?,
                    None => lookup::store(run.store.clone())?.mapping_load(name)?,
                };
                let none = || {
                    let text =
                        format!("there is no mapping {name:?}; save one with --column and --save-mapping");
                    NotFound(text)
                };
                saved.ok_or_else(none)?
            }
        };
        // What is said now comes before what was saved.
        let columns: Vec<_> = run.columns.iter().cloned().chain(saved).collect();
        let mapping = (!columns.is_empty()).then_some(Mapping { columns });
        Ok(Self { run, store, about: about(run), mapping, now: now() })
    }

    fn import(&mut self, file: &files::File) -> Result<()> {
        let read = file.read()?;
        let request = Request {
            name: &file.name,
            bytes: &read.bytes,
            kind: self.run.kind,
            about: self.about.clone(),
            source: SourceIndex(0),
            observed_at: self.run.day.unwrap_or_else(|| read.changed.min(self.now)),
            mapping: self.mapping.as_ref(),
        };
        let imported = wardround_intake::import(&request)?;
        print(&tell::understood(&file.name, &imported, self.now))?;
        if imported.observations.is_empty() && imported.conversations.is_empty() {
            bail!("{} was not kept: nothing in it was understood", file.name);
        }
        if let Some(store) = &mut self.store {
            let said = Said {
                about: self.about.clone(),
                mapping: self.mapping.clone(),
                mapping_name: self.run.mapping.clone().or_else(|| self.run.save_mapping.clone()),
                day: self.run.day,
            };
            let new = wardround_round::new_import(&said, &request, &imported, self.now);
            let kept = store.import_save(&new, &imported.observations, &imported.conversations);
            let kept = kept.with_context(|| format!("{} could not be kept", file.name))?;
            print(&tell::kept(kept))?;
        }
        Ok(())
    }

    fn save_mapping(&mut self) -> Result<()> {
        if let (Some(name), Some(mapping), Some(store)) =
            (&self.run.save_mapping, &self.mapping, &mut self.store)
        {
            store.mapping_save(name, &mapping.columns)?;
            print(&format!("\nThe columns are saved as {name:?}: say --mapping {name:?} next time.\n"))?;
        }
        Ok(())
    }
}

/// What a person says that the files are about.
fn about(run: &RunImport) -> Option<About> {
    if let Some([maker, model]) = run.model.as_deref() {
        return Some(About::Model(ModelId::of(maker, model)));
    }
    let device = run.device.as_deref()?;
    let (ip, mac) = (device.parse().ok(), device.parse().ok());
    let name = (ip.is_none() && mac.is_none()).then(|| device.to_owned());
    Some(About::Thing(Thing { ip, mac, name, ..Thing::default() }))
}
