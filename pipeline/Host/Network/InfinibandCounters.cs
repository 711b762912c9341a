namespace Streamline.Pipeline.Host.Network;

/// <summary>Counters of a port under /sys/class/infiniband, in three folders by the kind of counter (kernel Documentation/ABI/stable/sysfs-class-infiniband).</summary>
internal static class InfinibandCounters
{
    // Data is counted in words of four octets.
    private const double WordBytes = 4;

    public static readonly (string File, HostFamily Family, double Factor)[] All =
    [
        Counter("counters_ext/port_multicast_rcv_packets", "legacy_multicast_packets_received_total", "Multicast packets in, from the extended counters."),
        Counter("counters_ext/port_multicast_xmit_packets", "legacy_multicast_packets_transmitted_total", "Multicast packets out, from the extended counters."),
        Counter("counters_ext/port_rcv_data_64", "legacy_data_received_bytes_total", "Data in, from the extended counters, bytes.", WordBytes),
        Counter("counters_ext/port_rcv_packets_64", "legacy_packets_received_total", "Packets in, from the extended counters."),
        Counter("counters_ext/port_unicast_rcv_packets", "legacy_unicast_packets_received_total", "Unicast packets in, from the extended counters."),
        Counter("counters_ext/port_unicast_xmit_packets", "legacy_unicast_packets_transmitted_total", "Unicast packets out, from the extended counters."),
        Counter("counters_ext/port_xmit_data_64", "legacy_data_transmitted_bytes_total", "Data out, from the extended counters, bytes.", WordBytes),
        Counter("counters_ext/port_xmit_packets_64", "legacy_packets_transmitted_total", "Packets out, from the extended counters."),
        Counter("counters/excessive_buffer_overrun_errors", "excessive_buffer_overrun_errors_total", "Times the port's receive buffers overran for too long at a stretch."),
        Counter("counters/link_downed", "link_downed_total", "Times the link went down because recovery failed."),
        Counter("counters/link_error_recovery", "link_error_recovery_total", "Times the link came back by itself after errors."),
        Counter("counters/local_link_integrity_errors", "local_link_integrity_errors_total", "Times the port saw more physical errors than it puts up with."),
        Counter("counters/multicast_rcv_packets", "multicast_packets_received_total", "Multicast packets that came in, bad ones too."),
        Counter("counters/multicast_xmit_packets", "multicast_packets_transmitted_total", "Multicast packets that went out, bad ones too."),
        Counter("counters/port_rcv_constraint_errors", "port_constraint_errors_received_total", "Packets that the port's filters or partition rules kept out."),
        Counter("counters/port_xmit_constraint_errors", "port_constraint_errors_transmitted_total", "Packets that the port's filters or partition rules kept in."),
        Counter("counters/port_rcv_data", "port_data_received_bytes_total", "Data that came in over all lanes, bytes.", WordBytes),
        Counter("counters/port_xmit_data", "port_data_transmitted_bytes_total", "Data that went out over all lanes, bytes.", WordBytes),
        Counter("counters/port_rcv_discards", "port_discards_received_total", "Packets that came in and were dropped, the port being down or crowded."),
        Counter("counters/port_xmit_discards", "port_discards_transmitted_total", "Packets to go out that were dropped, the port being down or crowded."),
        Counter("counters/port_rcv_errors", "port_errors_received_total", "Packets that came in faulty."),
        Counter("counters/port_rcv_packets", "port_packets_received_total", "Packets that came in over all virtual lanes, bad ones too."),
        Counter("counters/port_xmit_packets", "port_packets_transmitted_total", "Packets that went out over all virtual lanes, bad ones too."),
        Counter("counters/port_xmit_wait", "port_transmit_wait_total", "Ticks that the port stood still with data to send."),
        Counter("counters/unicast_rcv_packets", "unicast_packets_received_total", "Unicast packets that came in, bad ones too."),
        Counter("counters/unicast_xmit_packets", "unicast_packets_transmitted_total", "Unicast packets that went out, bad ones too."),
        Counter("counters/port_rcv_remote_physical_errors", "port_receive_remote_physical_errors_total", "Packets that an earlier hop had marked as bad (EBP)."),
        Counter("counters/port_rcv_switch_relay_errors", "port_receive_switch_relay_errors_total", "Packets for which the switch had no way onward."),
        Counter("counters/symbol_error", "symbol_error_total", "Small errors seen on the link's physical lanes."),
        Counter("counters/VL15_dropped", "vl15_dropped_total", "Management packets (lane 15) lost for want of buffers."),
        Counter("hw_counters/duplicate_request", "duplicate_requests_packets_total", "Requests that came a second time."),
        Counter("hw_counters/implied_nak_seq_err", "implied_nak_seq_errors_total", "Answers to reads or atomics that showed a sequence number ahead of the awaited one."),
        Counter("hw_counters/local_ack_timeout_err", "local_ack_timeout_errors_total", "Times no acknowledgement came in time and the sender tried again."),
        Counter("hw_counters/np_cnp_sent", "np_cnp_packets_sent_total", "Congestion notices (CNP) that the receiving side sent."),
        Counter("hw_counters/np_ecn_marked_roce_packets", "np_ecn_marked_roce_packets_received_total", "RoCE packets that came in marked as having met congestion (ECN)."),
        Counter("hw_counters/out_of_buffer", "out_of_buffer_drops_total", "Packets dropped because no receive work request was posted."),
        Counter("hw_counters/out_of_sequence", "out_of_sequence_packets_received_total", "Packets that came in out of order."),
        Counter("hw_counters/packet_seq_err", "packet_sequence_errors_total", "Complaints about the packet order that the sender got and repaired."),
        Counter("hw_counters/req_cqe_error", "req_cqes_errors_total", "Completions with an error on the requesting side."),
        Counter("hw_counters/req_cqe_flush_error", "req_cqes_flush_errors_total", "Completions flushed with an error on the requesting side."),
        Counter("hw_counters/req_remote_access_errors", "req_remote_access_errors_total", "Requests whose target memory the other side denied."),
        Counter("hw_counters/req_remote_invalid_request", "req_remote_invalid_request_errors_total", "Requests that the other side called invalid."),
        Counter("hw_counters/resp_cqe_error", "resp_cqes_errors_total", "Completions with an error on the answering side."),
        Counter("hw_counters/resp_cqe_flush_error", "resp_cqes_flush_errors_total", "Completions flushed with an error on the answering side."),
        Counter("hw_counters/resp_local_length_error", "resp_local_length_errors_total", "Messages whose length did not fit, on the answering side."),
        Counter("hw_counters/resp_remote_access_errors", "resp_remote_access_errors_total", "Requests for memory that the answering side denied."),
        Counter("hw_counters/rnr_nak_retry_err", "rnr_nak_retry_packets_received_total", "Refusals of a receiver that was not ready (RNR)."),
        Counter("hw_counters/roce_adp_retrans", "roce_adp_retransmits_total", "RoCE packets sent again by adaptive retransmission."),
        Counter("hw_counters/roce_adp_retrans_to", "roce_adp_retransmits_timeout_total", "Timeouts of adaptive retransmission over RoCE."),
        Counter("hw_counters/roce_slow_restart", "roce_slow_restart_used_total", "Times RoCE began slowly again."),
        Counter("hw_counters/roce_slow_restart_cnps", "roce_slow_restart_cnps_total", "Congestion notices (CNP) made by RoCE's slow restart."),
        Counter("hw_counters/roce_slow_restart_trans", "roce_slow_restart_total", "Times a RoCE connection went into slow restart."),
        Counter("hw_counters/rp_cnp_handled", "rp_cnp_packets_handled_total", "Congestion notices (CNP) that made the sender slow down."),
        Counter("hw_counters/rp_cnp_ignored", "rp_cnp_ignored_packets_received_total", "Congestion notices (CNP) that the sender passed over; more than none hints at ECN being off."),
        Counter("hw_counters/rx_atomic_requests", "rx_atomic_requests_total", "Atomic requests that came in."),
        Counter("hw_counters/rx_dct_connect", "rx_dct_connect_requests_total", "Requests for dynamic connections that came in."),
        Counter("hw_counters/rx_read_requests", "rx_read_requests_total", "RDMA reads that came in."),
        Counter("hw_counters/rx_write_requests", "rx_write_requests_total", "RDMA writes that came in."),
        Counter("hw_counters/rx_icrc_encapsulated", "rx_icrc_encapsulated_errors_total", "RoCE packets whose invariant checksum (ICRC) was wrong."),
    ];

    private static (string File, HostFamily Family, double Factor) Counter(string file, string name, string help, double factor = 1) => (file, HostFamily.Counter("node_infiniband_" + name, help), factor);
}
