//! Which section of docs/mirror-ports.md says how switches of a maker mirror a port. Not here: the commands, which stand there alone.

/// A section of docs/mirror-ports.md.
#[derive(Debug, PartialEq, Eq)]
pub struct Recipe {
    /// Its heading.
    pub title: &'static str,
    /// How the names of the makers begin, in lower case.
    makers: &'static [&'static str],
    /// Words by which a switch says that this is the one of its maker's systems.
    marks: &'static [&'static str],
    /// Words by which it says that it runs another system.
    others: &'static [&'static str],
}

const HPE: &[&str] = &["hp", "hpe", "hewlett packard", "hewlett-packard", "aruba"];

/// All of them, in the order in which they stand there.
static RECIPES: [Recipe; 8] = [
    Recipe {
        title: "Cisco Catalyst (IOS, IOS XE)",
        makers: &["cisco"],
        marks: &[],
        others: &["nx-os", "nexus", "meraki", "linksys", "small business"],
    },
    Recipe {
        title: "HPE Aruba, AOS-S (ProCurve, 2530 to 5400)",
        makers: HPE,
        marks: &["procurve", "aos-s", "switch, revision"],
        others: &["comware"],
    },
    Recipe { title: "HPE Aruba, AOS-CX", makers: HPE, marks: &["aos-cx"], others: &["comware"] },
    Recipe { title: "Juniper EX (Junos with ELS)", makers: &["juniper"], marks: &[], others: &["srx"] },
    Recipe {
        title: "Dell (OS9)",
        makers: &["dell"],
        marks: &["os9", "application software version: 9", "force10"],
        others: &["powerconnect"],
    },
    Recipe { title: "Dell (OS10)", makers: &["dell"], marks: &["os10"], others: &["powerconnect"] },
    Recipe {
        title: "MikroTik (RouterOS)",
        makers: &["mikrotik", "mikrotikls", "routerboard"],
        marks: &[],
        others: &["swos"],
    },
    Recipe { title: "Netgear (M4300)", makers: &["netgear"], marks: &[], others: &[] },
];

impl Recipe {
    /// Where the section begins, as in `docs/mirror-ports.md#dell-os10`.
    #[must_use]
    pub fn anchor(&self) -> String {
        let kept = |letter: char| match letter {
            ' ' | '-' => Some('-'),
            _ => letter.is_alphanumeric().then(|| letter.to_ascii_lowercase()),
        };
        self.title.chars().filter_map(kept).collect()
    }

    fn is_by(&self, maker: &str) -> bool {
        let ends = |rest: &str| !rest.starts_with(char::is_alphanumeric);
        self.makers.iter().any(|begins| maker.strip_prefix(begins).is_some_and(ends))
    }
}

/// The recipes for switches of this maker that say this of themselves: those that are named, else all that are possible.
pub(super) fn of(maker: &str, said: &[&str]) -> Vec<&'static Recipe> {
    let maker = maker.to_lowercase();
    let said: Vec<String> = said.iter().map(|text| text.to_lowercase()).collect();
    let says = |words: &[&str]| {
        words.iter().any(|word| maker.contains(word) || said.iter().any(|text| text.contains(word)))
    };
    let possible: Vec<&Recipe> =
        RECIPES.iter().filter(|recipe| recipe.is_by(&maker) && !says(recipe.others)).collect();
    let named: Vec<&Recipe> = possible.iter().copied().filter(|recipe| says(recipe.marks)).collect();
    if named.is_empty() { possible } else { named }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DOCUMENT: &str = include_str!("../../../../docs/mirror-ports.md");

    fn anchors(maker: &str, said: &[&str]) -> String {
        of(maker, said).iter().map(|recipe| recipe.anchor()).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn every_recipe_is_a_section_of_the_document_and_every_maker_s_section_a_recipe() {
        let recipes = DOCUMENT.split("\n## Recipes\n").nth(1).unwrap().split("\n## ").next().unwrap();
        let sections: Vec<&str> = recipes.lines().filter_map(|line| line.strip_prefix("### ")).collect();
        let of_makers: Vec<&str> = sections
            .into_iter()
            .filter(|title| !title.starts_with("Servers in a hypervisor") && *title != "Others")
            .collect();
        assert_eq!(RECIPES.each_ref().map(|recipe| recipe.title).as_slice(), of_makers);
    }

    #[test]
    fn a_maker_has_the_recipes_of_its_systems_and_one_that_names_its_system_has_that_one() {
        let both = "hpe-aruba-aos-s-procurve-2530-to-5400 hpe-aruba-aos-cx";
        for (maker, said, expected) in [
            ("Cisco", &[][..], "cisco-catalyst-ios-ios-xe"),
            ("Cisco Systems", &["cisco WS-C2960X-48TS-L"], "cisco-catalyst-ios-ios-xe"),
            ("Cisco", &["Cisco NX-OS(tm) n9000"], ""),
            ("Cisco Meraki", &[], ""),
            ("Hewlett Packard Enterprise", &[], both),
            (
                "HP",
                &["HP J9776A 2530-24G Switch, revision YA.16.02.0012"],
                "hpe-aruba-aos-s-procurve-2530-to-5400",
            ),
            ("Aruba, a Hewlett Packard Enterprise Company", &["ArubaOS-CX 10.06"], "hpe-aruba-aos-cx"),
            ("Aruba", &["Aruba CX 6300M, AOS-CX FL.10.10.1010"], "hpe-aruba-aos-cx"),
            ("HP", &["HPE Comware Platform Software"], ""),
            ("HPinc", &[], ""),
            (
                "Juniper Networks",
                &["Juniper Networks, Inc. ex2300-24t Ethernet Switch"],
                "juniper-ex-junos-with-els",
            ),
            ("Juniper", &["Juniper Networks, Inc. srx345"], ""),
            ("Dell", &[], "dell-os9 dell-os10"),
            ("Dell EMC", &["Dell EMC Networking OS10 Enterprise"], "dell-os10"),
            ("Routerboard.com", &["RouterOS CRS328"], "mikrotik-routeros"),
            ("MikroTik", &["SwOS"], ""),
            ("NETGEAR", &[], "netgear-m4300"),
            ("LANCOM Systems", &["LANCOM GS-2326"], ""),
        ] {
            assert_eq!(anchors(maker, said), expected, "{maker} {said:?}");
        }
    }
}
