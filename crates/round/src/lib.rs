//! One round put together from the rooms.
