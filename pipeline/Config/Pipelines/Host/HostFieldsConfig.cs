namespace Streamline.Pipeline.Config;

/// <summary>Which counters of a file a collector takes.</summary>
internal sealed record HostFieldsConfig : ConfigNode
{
    public const string NetstatDefault =
        "^(.*_(InErrors|InErrs)|Ip_Forwarding|Ip(6|Ext)_(InOctets|OutOctets)|Icmp6?_(InMsgs|OutMsgs)|TcpExt_(Listen.*|Syncookies.*|TCPSynRetrans|TCPTimeouts|TCPOFOQueue|TCPRcvQDrop)" +
        "|Tcp_(ActiveOpens|InSegs|OutSegs|OutRsts|PassiveOpens|RetransSegs|CurrEstab)|Udp6?_(InDatagrams|OutDatagrams|NoPorts|RcvbufErrors|SndbufErrors))$";

    public const string VmstatDefault = "^(oom_kill|pgpg|pswp|pg.*fault).*";

    /// <summary>Expression of the fields to take, named as in the metric behind <c>node_netstat_</c> or <c>node_vmstat_</c>.</summary>
    public string Fields { get; init; } = "";

    public override void Check(ConfigErrors errors) => HostPattern.Check(this, "fields", Fields, errors);
}
