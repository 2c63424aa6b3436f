//! Headers of a packet, from the link to the transport, as borrowed views; and ARP and NDP.
