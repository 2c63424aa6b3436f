//! `wardround backup` and `wardround restore`: all that must not be lost, in one encrypted file, and back.

use std::path::PathBuf;

use anyhow::{Result, bail};
use wardround_backup::{Kept, Places, Recipient, Restored};
use wardround_report::page::{count, day_and_time};
use wardround_store::Store;

use crate::arguments::backup::{BackupCommand, KeyCommand, RestoreCommand};
use crate::commands::serve::keys_beside;
use crate::commands::{ask, files, now, print, work};
use crate::places;

pub(crate) fn backup(command: BackupCommand) -> Result<()> {
    if let Some(KeyCommand::Key { file }) = command.key {
        let recipient = wardround_backup::new_key(&file)?;
        return print(&format!(
            "The key is in {}. Keep it apart from this computer and from the backups: without it no backup can be read.\n\n\
             Next: wardround backup FILE --to {recipient}\n",
            file.display()
        ));
    }
    let (Some(file), Some(to)) = (command.file, command.to) else {
        bail!("say where the backup goes and for whom: wardround backup FILE --to RECIPIENT");
    };
    let places = everything(command.store.store, command.keys)?;
    let Kept { files, bytes } = wardround_backup::backup(&places, &file, &Recipient::new(&to)?, now())?;
    print(&format!(
        "{}: {}, {} KB, encrypted. It can be read with the key of that recipient alone.\n",
        file.display(),
        count(u64::try_from(files).unwrap_or(u64::MAX), "file", "files"),
        bytes.div_ceil(1000)
    ))
}

pub(crate) fn restore(command: &RestoreCommand) -> Result<()> {
    let places = everything(command.store.store.clone(), command.keys.clone())?;
    let Restored { at, files, set_aside } =
        wardround_backup::restore(&command.file, &command.key, &places, command.replace)?;
    let rounds = Store::open_read_only(&places.store)?.round_list()?;
    let newest = rounds
        .last()
        .map_or_else(String::new, |round| format!(", the newest of {}", day_and_time(round.run_at)));
    let mut text = format!(
        "Put back from the backup of {at}: {}, with {}{newest}.\n",
        count(u64::try_from(files).unwrap_or(u64::MAX), "file", "files"),
        count(u64::try_from(rounds.len()).unwrap_or(u64::MAX), "round", "rounds"),
    );
    if wardround_web::journal_of(&places.store).exists() {
        text += GLASS;
    }
    for aside in set_aside {
        text += &format!("What was there before is in {}.\n", aside.display());
    }
    print(&text)
}

/// A code that was used after the backup was made works again: nobody can know of it here.
const GLASS: &str = "\
The emergency account is as it was then: its code in the envelope works, unless it had been used before the backup.
Was it used since? Make a new one: wardround break-glass
";

fn everything(store: Option<PathBuf>, keys: Option<PathBuf>) -> Result<Places> {
    let store = places::store(store)?;
    let keys = keys.unwrap_or_else(|| keys_beside(&store));
    let folder = places::data_folder()?;
    let ask = ask::kept(&store);
    let mut own = [work::POLICY, files::NAMES].map(|name| folder.join(name)).to_vec();
    own.push(wardround_web::journal_of(&store));
    Ok(Places { store, keys, own, fingerprints: folder.join(files::FINGERPRINTS), ask })
}
