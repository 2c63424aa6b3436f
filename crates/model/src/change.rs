//! What became of an asset or a finding between two rounds.

use crate::coded::coded;

coded! {
    /// What became of a finding between two rounds.
    enum FindingChange, label {
        /// Only the later round has it.
        New = "new", "new";
        /// Both rounds have it.
        Still = "still", "still there";
        /// The later round saw the same property of the same thing with a value that is not weak.
        Fixed = "fixed", "fixed";
        /// The asset was seen, but nothing that would show the weakness.
        NotSeenAgain = "not-seen-again", "not seen again";
        /// The asset itself was not seen.
        AssetNotSeen = "asset-not-seen", "device not seen";
    }
}

coded! {
    /// What became of an asset between two rounds.
    enum AssetChange, label {
        /// Only the later round has it.
        New = "new", "new";
        /// Only the earlier round has it; it may be switched off, or out of sight.
        NotSeen = "not-seen", "not seen";
    }
}
