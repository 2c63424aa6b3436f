//! What the owner of a directory does so that it can be read: words, not deeds. None of them is part of what is sent.

/// How an account is made that reads and does nothing else, and how its domain controller is known.
pub const PERMIT: &str = r"1. On a domain controller, in PowerShell, make an account. It needs no group and no right beyond those of every account:

    New-ADUser -Name wardround-read -UserPrincipalName wardround-read@YOUR.DOMAIN -CannotChangePassword $true `
        -AccountPassword (Read-Host -AsSecureString) -Enabled $true

2. See by which certificate that domain controller is known. There, in PowerShell:

    Get-ChildItem Cert:\LocalMachine\My | ForEach-Object { $_.Subject; $_.GetCertHashString('SHA256') }

   or on a computer beside it:

    openssl s_client -connect ADDRESS:636 </dev/null | openssl x509 -noout -fingerprint -sha256

3. Put account and password into a file that only you can read: wardround-read@YOUR.DOMAIN in its first line, the password in its second.

4. wardround ask plan --directory ADDRESS=FINGERPRINT, then check and approve as always, then: wardround ask run --login FILE
";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_stands_on_a_page() {
        assert!(
            PERMIT.is_ascii() && PERMIT.lines().all(|line| line.len() <= 140) && PERMIT.ends_with("FILE\n")
        );
    }
}
