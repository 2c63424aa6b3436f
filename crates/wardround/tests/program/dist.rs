//! The self-contained program: in an empty root folder, without root rights, without network, on the demo capture.
//!
//! `make test` builds it first and names it in `WARDROUND_DIST`.

use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::process::Command;

use crate::program::{Place, clinic, error, is_root, skip};

fn dist() -> Option<PathBuf> {
    let path = std::env::var_os("WARDROUND_DIST").map(PathBuf::from);
    if path.is_none() {
        skip("there is no self-contained program; `make test` builds one");
    }
    path
}

#[test]
fn it_runs_in_an_empty_root_folder_without_rights_or_network() {
    let Some(program) = dist() else { return };
    if !is_root() {
        return skip("changing the root folder needs root");
    }
    let place = Place::new();
    let root = place.path("root");
    let data = root.join("data");
    std::fs::create_dir_all(&data).unwrap();
    std::fs::copy(program, root.join("wardround")).unwrap();
    std::fs::copy(clinic(), root.join("clinic.pcapng")).unwrap();
    for folder in [place.folder.path(), &root, &data] {
        std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o755)).unwrap();
    }
    std::os::unix::fs::chown(&data, Some(65534), Some(65534)).unwrap();
    let mut command = Command::new("unshare");
    command.args(["--net", "chroot", "--userspec=65534:65534", "--groups="]).arg(&root);
    command.args([
        "/wardround",
        "round",
        "/clinic.pcapng",
        "--store",
        "/data/rounds.sqlite",
        "--html",
        "/data/round.html",
    ]);
    let output = command.env_clear().env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin").output().unwrap();
    assert!(output.status.success(), "{}", error(&output));
    assert!(String::from_utf8_lossy(&output.stdout).contains("What to do first"));
    assert!(data.join("round.html").exists());
}

#[test]
fn its_checksum_and_bill_of_materials_are_beside_it() {
    let Some(program) = dist() else { return };
    let folder = program.parent().unwrap();
    let name = program.file_name().unwrap().to_str().unwrap();
    let check = Command::new("sha256sum")
        .arg("--check")
        .arg(format!("{name}.sha256"))
        .current_dir(folder)
        .output()
        .unwrap();
    assert!(check.status.success(), "{}", error(&check));
    let bom = std::fs::read(folder.join(format!("{name}.cdx.json"))).unwrap();
    let bom: serde_json::Value = serde_json::from_slice(&bom).unwrap();
    assert_eq!(bom["bomFormat"], "CycloneDX");
    let names: Vec<&str> =
        bom["components"].as_array().unwrap().iter().map(|it| it["name"].as_str().unwrap()).collect();
    assert!(names.contains(&"rusqlite") && names.contains(&"clap"), "{names:?}");
    assert!(!names.contains(&"proptest") && !names.contains(&"insta"), "only what is linked: {names:?}");
}
