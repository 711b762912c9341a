using Streamline.Pipeline.Config;

namespace Streamline.Pipeline.Tests.Host;

/// <summary>NFS client and server over made machines.</summary>
public sealed class NfsCollectorTests
{
    [Fact]
    public Task Client_OfAllVersions() => HostTable.AssertAsync(
        HostCollector.Nfs,
        """
        proc/net/rpc/nfs = net 10 2 8 3\nrpc 100 5 6\nproc2 18 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17\nproc3 22 0 101 102 103 104 105 106 107 108 109 110 111 112 113 114 115 116 117 118 119 120 121\nproc4 48 0 201 202 203 204 205 206 207 208 209 210 211 212 213 214 215 216 217 218 219 220 221 222 223 224 225 226 227 228 229 230 231 232 233 234 235 236 237 238 239 240 241 242 243 244 245 246 247\n
        """,
        """
        success 1
        node_nfs_connections_total 3
        node_nfs_packets_total{protocol=tcp} 8
        node_nfs_packets_total{protocol=udp} 2
        node_nfs_requests_total{method=Access,proto=3} 104
        node_nfs_requests_total{method=Access,proto=4} 217
        node_nfs_requests_total{method=Allocate,proto=4} 0
        node_nfs_requests_total{method=BindConnToSession,proto=4} 0
        node_nfs_requests_total{method=Clone,proto=4} 0
        node_nfs_requests_total{method=Close,proto=4} 208
        node_nfs_requests_total{method=Commit,proto=3} 121
        node_nfs_requests_total{method=Commit,proto=4} 203
        node_nfs_requests_total{method=Create,proto=2} 9
        node_nfs_requests_total{method=Create,proto=3} 108
        node_nfs_requests_total{method=Create,proto=4} 225
        node_nfs_requests_total{method=CreateSession,proto=4} 239
        node_nfs_requests_total{method=DeAllocate,proto=4} 0
        node_nfs_requests_total{method=DelegReturn,proto=4} 231
        node_nfs_requests_total{method=DestroyClientID,proto=4} 0
        node_nfs_requests_total{method=DestroySession,proto=4} 240
        node_nfs_requests_total{method=ExchangeID,proto=4} 238
        node_nfs_requests_total{method=FreeStateID,proto=4} 0
        node_nfs_requests_total{method=FsInfo,proto=3} 119
        node_nfs_requests_total{method=FsInfo,proto=4} 210
        node_nfs_requests_total{method=FsLocations,proto=4} 234
        node_nfs_requests_total{method=FsStat,proto=2} 17
        node_nfs_requests_total{method=FsStat,proto=3} 118
        node_nfs_requests_total{method=FsidPresent,proto=4} 237
        node_nfs_requests_total{method=GetACL,proto=4} 232
        node_nfs_requests_total{method=GetAttr,proto=2} 1
        node_nfs_requests_total{method=GetAttr,proto=3} 101
        node_nfs_requests_total{method=GetDeviceInfo,proto=4} 244
        node_nfs_requests_total{method=GetDeviceList,proto=4} 0
        node_nfs_requests_total{method=GetLeaseTime,proto=4} 242
        node_nfs_requests_total{method=Getattr,proto=4} 218
        node_nfs_requests_total{method=LayoutCommit,proto=4} 246
        node_nfs_requests_total{method=LayoutGet,proto=4} 245
        node_nfs_requests_total{method=LayoutReturn,proto=4} 247
        node_nfs_requests_total{method=LayoutStats,proto=4} 0
        node_nfs_requests_total{method=Link,proto=2} 12
        node_nfs_requests_total{method=Link,proto=3} 115
        node_nfs_requests_total{method=Link,proto=4} 223
        node_nfs_requests_total{method=Lock,proto=4} 214
        node_nfs_requests_total{method=Lockt,proto=4} 215
        node_nfs_requests_total{method=Locku,proto=4} 216
        node_nfs_requests_total{method=Lookup,proto=2} 4
        node_nfs_requests_total{method=Lookup,proto=3} 103
        node_nfs_requests_total{method=Lookup,proto=4} 219
        node_nfs_requests_total{method=LookupRoot,proto=4} 220
        node_nfs_requests_total{method=MkDir,proto=2} 14
        node_nfs_requests_total{method=MkDir,proto=3} 109
        node_nfs_requests_total{method=MkNod,proto=3} 111
        node_nfs_requests_total{method=Null,proto=2} 0
        node_nfs_requests_total{method=Null,proto=3} 0
        node_nfs_requests_total{method=Null,proto=4} 0
        node_nfs_requests_total{method=Open,proto=4} 204
        node_nfs_requests_total{method=OpenConfirm,proto=4} 205
        node_nfs_requests_total{method=OpenDowngrade,proto=4} 207
        node_nfs_requests_total{method=OpenNoattr,proto=4} 206
        node_nfs_requests_total{method=PathConf,proto=3} 120
        node_nfs_requests_total{method=Pathconf,proto=4} 226
        node_nfs_requests_total{method=Read,proto=2} 6
        node_nfs_requests_total{method=Read,proto=3} 106
        node_nfs_requests_total{method=Read,proto=4} 201
        node_nfs_requests_total{method=ReadDir,proto=2} 16
        node_nfs_requests_total{method=ReadDir,proto=3} 116
        node_nfs_requests_total{method=ReadDir,proto=4} 229
        node_nfs_requests_total{method=ReadDirPlus,proto=3} 117
        node_nfs_requests_total{method=ReadLink,proto=2} 5
        node_nfs_requests_total{method=ReadLink,proto=3} 105
        node_nfs_requests_total{method=ReadLink,proto=4} 228
        node_nfs_requests_total{method=ReclaimComplete,proto=4} 243
        node_nfs_requests_total{method=ReleaseLockowner,proto=4} 235
        node_nfs_requests_total{method=Remove,proto=2} 10
        node_nfs_requests_total{method=Remove,proto=3} 112
        node_nfs_requests_total{method=Remove,proto=4} 221
        node_nfs_requests_total{method=Rename,proto=2} 11
        node_nfs_requests_total{method=Rename,proto=3} 114
        node_nfs_requests_total{method=Rename,proto=4} 222
        node_nfs_requests_total{method=Renew,proto=4} 211
        node_nfs_requests_total{method=RmDir,proto=2} 15
        node_nfs_requests_total{method=RmDir,proto=3} 113
        node_nfs_requests_total{method=Root,proto=2} 3
        node_nfs_requests_total{method=Secinfo,proto=4} 236
        node_nfs_requests_total{method=SecinfoNoName,proto=4} 0
        node_nfs_requests_total{method=Seek,proto=4} 0
        node_nfs_requests_total{method=Sequence,proto=4} 241
        node_nfs_requests_total{method=ServerCaps,proto=4} 230
        node_nfs_requests_total{method=SetACL,proto=4} 233
        node_nfs_requests_total{method=SetAttr,proto=2} 2
        node_nfs_requests_total{method=SetAttr,proto=3} 102
        node_nfs_requests_total{method=SetClientID,proto=4} 212
        node_nfs_requests_total{method=SetClientIDConfirm,proto=4} 213
        node_nfs_requests_total{method=Setattr,proto=4} 209
        node_nfs_requests_total{method=StatFs,proto=4} 227
        node_nfs_requests_total{method=SymLink,proto=2} 13
        node_nfs_requests_total{method=SymLink,proto=3} 110
        node_nfs_requests_total{method=Symlink,proto=4} 224
        node_nfs_requests_total{method=TestStateID,proto=4} 0
        node_nfs_requests_total{method=WrCache,proto=2} 7
        node_nfs_requests_total{method=Write,proto=2} 8
        node_nfs_requests_total{method=Write,proto=3} 107
        node_nfs_requests_total{method=Write,proto=4} 202
        node_nfs_rpc_authentication_refreshes_total 6
        node_nfs_rpc_retransmissions_total 5
        node_nfs_rpcs_total 100
        """);

    [Fact]
    public Task Server_WorkNetworkRequests() => HostTable.AssertAsync(
        HostCollector.Nfsd,
        """
        proc/net/rpc/nfsd = rc 1 2 3\nfh 4 0 0 0 0\nio 5 6\nth 8 0 0.000 0.000\nra 32 1 1 1 1 1 1 1 1 1 1 7\nnet 18 10 8 9\nrpc 20 1 2 3 4\nproc2 18 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17\nproc3 22 0 101 102 103 104 105 106 107 108 109 110 111 112 113 114 115 116 117 118 119 120 121\nproc4 2 2 10853\nproc4ops 40 0 0 0 303 304 305 306 307 308 309 310 311 312 313 314 315 316 317 318 319 320 321 322 323 324 325 326 327 328 329 330 331 332 333 334 335 336 337 338 339\nwdeleg_getattr 16\n
        """,
        """
        success 1
        node_nfsd_connections_total 9
        node_nfsd_disk_bytes_read_total 5
        node_nfsd_disk_bytes_written_total 6
        node_nfsd_file_handles_stale_total 4
        node_nfsd_packets_total{proto=tcp} 8
        node_nfsd_packets_total{proto=udp} 10
        node_nfsd_read_ahead_cache_not_found_total 7
        node_nfsd_read_ahead_cache_size_blocks 32
        node_nfsd_reply_cache_hits_total 1
        node_nfsd_reply_cache_misses_total 2
        node_nfsd_reply_cache_nocache_total 3
        node_nfsd_requests_total{method=Access,proto=3} 104
        node_nfsd_requests_total{method=Access,proto=4} 303
        node_nfsd_requests_total{method=Close,proto=4} 304
        node_nfsd_requests_total{method=Commit,proto=3} 121
        node_nfsd_requests_total{method=Commit,proto=4} 305
        node_nfsd_requests_total{method=Create,proto=2} 9
        node_nfsd_requests_total{method=Create,proto=3} 108
        node_nfsd_requests_total{method=Create,proto=4} 306
        node_nfsd_requests_total{method=DelegPurge,proto=4} 307
        node_nfsd_requests_total{method=DelegReturn,proto=4} 308
        node_nfsd_requests_total{method=FsInfo,proto=3} 119
        node_nfsd_requests_total{method=FsStat,proto=2} 17
        node_nfsd_requests_total{method=FsStat,proto=3} 118
        node_nfsd_requests_total{method=GetAttr,proto=2} 1
        node_nfsd_requests_total{method=GetAttr,proto=3} 101
        node_nfsd_requests_total{method=GetAttr,proto=4} 309
        node_nfsd_requests_total{method=GetFH,proto=4} 310
        node_nfsd_requests_total{method=Link,proto=2} 12
        node_nfsd_requests_total{method=Link,proto=3} 115
        node_nfsd_requests_total{method=Link,proto=4} 311
        node_nfsd_requests_total{method=Lock,proto=4} 312
        node_nfsd_requests_total{method=Lockt,proto=4} 313
        node_nfsd_requests_total{method=Locku,proto=4} 314
        node_nfsd_requests_total{method=Lookup,proto=2} 4
        node_nfsd_requests_total{method=Lookup,proto=3} 103
        node_nfsd_requests_total{method=Lookup,proto=4} 315
        node_nfsd_requests_total{method=LookupRoot,proto=4} 316
        node_nfsd_requests_total{method=MkDir,proto=2} 14
        node_nfsd_requests_total{method=MkDir,proto=3} 109
        node_nfsd_requests_total{method=MkNod,proto=3} 111
        node_nfsd_requests_total{method=Nverify,proto=4} 317
        node_nfsd_requests_total{method=Open,proto=4} 318
        node_nfsd_requests_total{method=OpenAttr,proto=4} 319
        node_nfsd_requests_total{method=OpenConfirm,proto=4} 320
        node_nfsd_requests_total{method=OpenDgrd,proto=4} 321
        node_nfsd_requests_total{method=PathConf,proto=3} 120
        node_nfsd_requests_total{method=PutFH,proto=4} 322
        node_nfsd_requests_total{method=Read,proto=2} 6
        node_nfsd_requests_total{method=Read,proto=3} 106
        node_nfsd_requests_total{method=Read,proto=4} 325
        node_nfsd_requests_total{method=ReadDir,proto=2} 16
        node_nfsd_requests_total{method=ReadDir,proto=3} 116
        node_nfsd_requests_total{method=ReadDir,proto=4} 326
        node_nfsd_requests_total{method=ReadDirPlus,proto=3} 117
        node_nfsd_requests_total{method=ReadLink,proto=2} 5
        node_nfsd_requests_total{method=ReadLink,proto=3} 105
        node_nfsd_requests_total{method=ReadLink,proto=4} 327
        node_nfsd_requests_total{method=RelLockOwner,proto=4} 339
        node_nfsd_requests_total{method=Remove,proto=2} 10
        node_nfsd_requests_total{method=Remove,proto=3} 112
        node_nfsd_requests_total{method=Remove,proto=4} 328
        node_nfsd_requests_total{method=Rename,proto=2} 11
        node_nfsd_requests_total{method=Rename,proto=3} 114
        node_nfsd_requests_total{method=Rename,proto=4} 329
        node_nfsd_requests_total{method=Renew,proto=4} 330
        node_nfsd_requests_total{method=RestoreFH,proto=4} 331
        node_nfsd_requests_total{method=RmDir,proto=2} 15
        node_nfsd_requests_total{method=RmDir,proto=3} 113
        node_nfsd_requests_total{method=Root,proto=2} 3
        node_nfsd_requests_total{method=SaveFH,proto=4} 332
        node_nfsd_requests_total{method=SecInfo,proto=4} 333
        node_nfsd_requests_total{method=SetAttr,proto=2} 2
        node_nfsd_requests_total{method=SetAttr,proto=3} 102
        node_nfsd_requests_total{method=SetAttr,proto=4} 334
        node_nfsd_requests_total{method=SetClientID,proto=4} 335
        node_nfsd_requests_total{method=SetClientIDConfirm,proto=4} 336
        node_nfsd_requests_total{method=SymLink,proto=2} 13
        node_nfsd_requests_total{method=SymLink,proto=3} 110
        node_nfsd_requests_total{method=Verify,proto=4} 337
        node_nfsd_requests_total{method=WdelegGetattr,proto=4} 16
        node_nfsd_requests_total{method=WrCache,proto=2} 7
        node_nfsd_requests_total{method=Write,proto=2} 8
        node_nfsd_requests_total{method=Write,proto=3} 107
        node_nfsd_requests_total{method=Write,proto=4} 338
        node_nfsd_rpc_errors_total{error=auth} 3
        node_nfsd_rpc_errors_total{error=cInt} 4
        node_nfsd_rpc_errors_total{error=fmt} 2
        node_nfsd_server_rpcs_total 20
        node_nfsd_server_threads 8
        """);
}
