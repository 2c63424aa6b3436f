//! Groups and roles with wide rights, by their names in English, German, French and Spanish. Not here: other groups, which are not
//! kept.

use crate::table::plain;

/// Code, and names as [`plain`] writes them.
const GROUPS: [(&str, &[&str]); 20] = [
    (
        "domain-admins",
        &["domainadmins", "domanenadmins", "adminsdudomaine", "adminsdeldominio", "administradoresdedominio"],
    ),
    (
        "enterprise-admins",
        &[
            "enterpriseadmins",
            "organisationsadmins",
            "administrateursdelentreprise",
            "administradoresdeempresas",
            "administradoresdeorganizacion",
        ],
    ),
    ("schema-admins", &["schemaadmins", "administrateursduschema", "administradoresdeesquema"]),
    ("administrators", &["administrators", "administratoren", "administrateurs", "administradores"]),
    (
        "account-operators",
        &[
            "accountoperators",
            "kontenoperatoren",
            "operateursdecompte",
            "operateursdecomptes",
            "opersdecuentas",
            "operadoresdecuentas",
        ],
    ),
    (
        "backup-operators",
        &[
            "backupoperators",
            "sicherungsoperatoren",
            "operateursdesauvegarde",
            "operadoresdecopiadeseguridad",
            "operadoresdecopiasdeseguridad",
        ],
    ),
    (
        "server-operators",
        &["serveroperators", "serveroperatoren", "operateursdeserveur", "operadoresdeservidores"],
    ),
    ("print-operators", &["printoperators", "druckoperatoren", "operateursdimpression", "opersdeimpresion"]),
    ("dns-admins", &["dnsadmins"]),
    (
        "group-policy-owners",
        &[
            "grouppolicycreatorowners",
            "richtlinienerstellerbesitzer",
            "proprietairescreateursdelastrategiedegroupe",
            "propietariosdelcreadordedirectivasdegrupo",
        ],
    ),
    (
        "hyper-v-administrators",
        &[
            "hypervadministrators",
            "hypervadministratoren",
            "administrateurshyperv",
            "administradoresdehyperv",
        ],
    ),
    ("exchange-administrators", &["organizationmanagement", "exchangeadministrator"]),
    (
        "global-administrator",
        &[
            "globaladministrator",
            "companyadministrator",
            "globaleradministrator",
            "administrateurgeneral",
            "administradorglobal",
        ],
    ),
    ("privileged-role-administrator", &["privilegedroleadministrator"]),
    ("authentication-administrator", &["privilegedauthenticationadministrator"]),
    ("user-administrator", &["useraccountadministrator", "useradministrator", "benutzeradministrator"]),
    ("security-administrator", &["securityadministrator", "sicherheitsadministrator"]),
    ("application-administrator", &["applicationadministrator", "cloudapplicationadministrator"]),
    ("intune-administrator", &["intuneadministrator", "intuneserviceadministrator"]),
    ("hybrid-identity-administrator", &["hybrididentityadministrator"]),
];

/// The codes of the groups with wide rights among those that a cell names: by distinguished names or by names alone.
pub(super) fn privileges(groups: &str) -> impl Iterator<Item = &'static str> {
    // A distinguished name holds commas, so a cell of names alone is cut there and one of distinguished names is not.
    let separators: &[char] = if groups.contains("CN=") || groups.contains("cn=") {
        &[';', '|', '\n', '{', '}']
    } else {
        &[';', '|', '\n', '{', '}', ',']
    };
    groups.split(separators).filter_map(|group| privilege(name_of(group)))
}

fn privilege(name: &str) -> Option<&'static str> {
    let name = plain(name);
    GROUPS.iter().find(|(_, names)| names.contains(&name.as_str())).map(|(code, _)| *code)
}

/// `CN=Domain Admins,CN=Users,DC=klinik,DC=example` is `Domain Admins`; `KLINIK\Domain Admins` too.
fn name_of(group: &str) -> &str {
    let group = group.trim();
    let is_dn = group.get(..3).is_some_and(|start| start.eq_ignore_ascii_case("cn="));
    let name = if is_dn { group.get(3..).and_then(|rest| rest.split(',').next()) } else { None };
    let name = name.unwrap_or(group);
    name.rsplit('\\').next().unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_with_wide_rights_are_known_in_each_language() {
        let codes = |groups| privileges(groups).collect::<Vec<_>>();
        assert_eq!(
            codes(
                "CN=Domänen-Admins,CN=Users,DC=klinik,DC=example;CN=Radiologie,OU=Gruppen,DC=klinik,DC=example"
            ),
            ["domain-admins"]
        );
        assert_eq!(
            codes("Admins du domaine, Administrateurs de l’entreprise"),
            ["domain-admins", "enterprise-admins"]
        );
        assert_eq!(codes("HOSPITAL\\Domain Admins|Administradores"), ["domain-admins", "administrators"]);
        assert!(codes("CN=Not Domain Admins at all,DC=x").is_empty());
    }

    #[test]
    fn names_are_written_plain() {
        for (_, names) in GROUPS {
            assert!(names.iter().all(|name| plain(name) == *name));
        }
    }
}
