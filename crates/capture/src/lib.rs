//! Capture files to conversations and observations.
