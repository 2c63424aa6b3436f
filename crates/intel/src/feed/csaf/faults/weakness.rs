//! Weaknesses: the name of a CWE id is its own (6.1.11). Known here are the names of the ids that advisories give most
//! often; other ids are not checked. Names: MITRE's CWE list, version 4.

use super::Faults;
use super::place::Place;

pub(super) fn check(root: &Place<'_>, faults: &mut Faults) {
    for vulnerability in root.items("vulnerabilities") {
        let Some(cwe) = vulnerability.field("cwe") else { continue };
        let (id, name) = (cwe.text_of("id").unwrap_or_default(), cwe.text_of("name").unwrap_or_default());
        let Some((_, own)) = NAMES.iter().find(|(known, _)| *known == id) else { continue };
        if *own != name {
            faults.add("6.1.11", &cwe, "the name is not that of the id");
        }
    }
}

/// Ids with their names.
const NAMES: &[(&str, &str)] = &[
    ("CWE-20", "Improper Input Validation"),
    ("CWE-22", "Improper Limitation of a Pathname to a Restricted Directory ('Path Traversal')"),
    ("CWE-23", "Relative Path Traversal"),
    ("CWE-73", "External Control of File Name or Path"),
    (
        "CWE-74",
        "Improper Neutralization of Special Elements in Output Used by a Downstream Component ('Injection')",
    ),
    ("CWE-77", "Improper Neutralization of Special Elements used in a Command ('Command Injection')"),
    ("CWE-78", "Improper Neutralization of Special Elements used in an OS Command ('OS Command Injection')"),
    ("CWE-79", "Improper Neutralization of Input During Web Page Generation ('Cross-site Scripting')"),
    ("CWE-88", "Improper Neutralization of Argument Delimiters in a Command ('Argument Injection')"),
    ("CWE-89", "Improper Neutralization of Special Elements used in an SQL Command ('SQL Injection')"),
    ("CWE-94", "Improper Control of Generation of Code ('Code Injection')"),
    ("CWE-119", "Improper Restriction of Operations within the Bounds of a Memory Buffer"),
    ("CWE-120", "Buffer Copy without Checking Size of Input ('Classic Buffer Overflow')"),
    ("CWE-121", "Stack-based Buffer Overflow"),
    ("CWE-122", "Heap-based Buffer Overflow"),
    ("CWE-125", "Out-of-bounds Read"),
    ("CWE-190", "Integer Overflow or Wraparound"),
    ("CWE-191", "Integer Underflow (Wrap or Wraparound)"),
    ("CWE-200", "Exposure of Sensitive Information to an Unauthorized Actor"),
    ("CWE-203", "Observable Discrepancy"),
    ("CWE-250", "Execution with Unnecessary Privileges"),
    ("CWE-256", "Plaintext Storage of a Password"),
    ("CWE-259", "Use of Hard-coded Password"),
    ("CWE-269", "Improper Privilege Management"),
    ("CWE-276", "Incorrect Default Permissions"),
    ("CWE-284", "Improper Access Control"),
    ("CWE-285", "Improper Authorization"),
    ("CWE-287", "Improper Authentication"),
    ("CWE-288", "Authentication Bypass Using an Alternate Path or Channel"),
    ("CWE-294", "Authentication Bypass by Capture-replay"),
    ("CWE-295", "Improper Certificate Validation"),
    ("CWE-306", "Missing Authentication for Critical Function"),
    ("CWE-307", "Improper Restriction of Excessive Authentication Attempts"),
    ("CWE-311", "Missing Encryption of Sensitive Data"),
    ("CWE-312", "Cleartext Storage of Sensitive Information"),
    ("CWE-319", "Cleartext Transmission of Sensitive Information"),
    ("CWE-321", "Use of Hard-coded Cryptographic Key"),
    ("CWE-326", "Inadequate Encryption Strength"),
    ("CWE-327", "Use of a Broken or Risky Cryptographic Algorithm"),
    ("CWE-330", "Use of Insufficiently Random Values"),
    ("CWE-345", "Insufficient Verification of Data Authenticity"),
    ("CWE-347", "Improper Verification of Cryptographic Signature"),
    ("CWE-352", "Cross-Site Request Forgery (CSRF)"),
    (
        "CWE-362",
        "Concurrent Execution using Shared Resource with Improper Synchronization ('Race Condition')",
    ),
    ("CWE-367", "Time-of-check Time-of-use (TOCTOU) Race Condition"),
    ("CWE-384", "Session Fixation"),
    ("CWE-400", "Uncontrolled Resource Consumption"),
    ("CWE-401", "Missing Release of Memory after Effective Lifetime"),
    ("CWE-415", "Double Free"),
    ("CWE-416", "Use After Free"),
    ("CWE-427", "Uncontrolled Search Path Element"),
    ("CWE-434", "Unrestricted Upload of File with Dangerous Type"),
    ("CWE-476", "NULL Pointer Dereference"),
    ("CWE-502", "Deserialization of Untrusted Data"),
    ("CWE-521", "Weak Password Requirements"),
    ("CWE-522", "Insufficiently Protected Credentials"),
    ("CWE-532", "Insertion of Sensitive Information into Log File"),
    ("CWE-601", "URL Redirection to Untrusted Site ('Open Redirect')"),
    ("CWE-611", "Improper Restriction of XML External Entity Reference"),
    ("CWE-617", "Reachable Assertion"),
    ("CWE-668", "Exposure of Resource to Wrong Sphere"),
    ("CWE-693", "Protection Mechanism Failure"),
    ("CWE-732", "Incorrect Permission Assignment for Critical Resource"),
    ("CWE-754", "Improper Check for Unusual or Exceptional Conditions"),
    ("CWE-770", "Allocation of Resources Without Limits or Throttling"),
    ("CWE-787", "Out-of-bounds Write"),
    ("CWE-798", "Use of Hard-coded Credentials"),
    ("CWE-822", "Untrusted Pointer Dereference"),
    ("CWE-824", "Access of Uninitialized Pointer"),
    ("CWE-835", "Loop with Unreachable Exit Condition ('Infinite Loop')"),
    ("CWE-843", "Access of Resource Using Incompatible Type ('Type Confusion')"),
    ("CWE-862", "Missing Authorization"),
    ("CWE-863", "Incorrect Authorization"),
    ("CWE-918", "Server-Side Request Forgery (SSRF)"),
    ("CWE-1021", "Improper Restriction of Rendered UI Layers or Frames"),
];
