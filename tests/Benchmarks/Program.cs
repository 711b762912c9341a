using System.Globalization;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Streamline.Benchmarks.Pipeline;
using Streamline.Benchmarks.Query;
using Streamline.Benchmarks.Soak;

string program = Environment.GetEnvironmentVariable("STREAMLINE_PROGRAM") ?? "web/bin/Release/net10.0/streamline";
int Argument(int index, int otherwise) => args.Length > index ? int.Parse(args[index], CultureInfo.InvariantCulture) : otherwise;

// Soaks of the built program (dotnet build -c Release first), by hand too:
//   dotnet run -c Release --project tests/Benchmarks -- kill [kills]              SIGKILL under remote write, counts lost acknowledged samples
//   dotnet run -c Release --project tests/Benchmarks -- memory [minutes] [series] a day of samples, prints resident memory
if (args is ["kill", ..]) return await new KillSoak(program, Argument(1, 50), Argument(2, 1)).RunAsync();
if (args is ["memory", ..]) return await new MemorySoak(program, TimeSpan.FromMinutes(Argument(1, 10)), Argument(2, 10_000)).RunAsync();

// CPU time of range queries over 1, 4 and 16 times the series and the samples:
//   dotnet run -c Release --project tests/Benchmarks -- scaling
if (args is ["scaling"]) return await RangeScaling.RunAsync();

// The exposition parsers in MB per second of CPU time:
//   dotnet run -c Release --project tests/Benchmarks -- exposition
if (args is ["exposition"]) return ExpositionSpeed.Run();

// Remote write at a rate for a time, one million samples a second for a minute if nothing is said:
//   dotnet run -c Release --project tests/Benchmarks -- write-rate [samples/s] [seconds] [series] [senders]
if (args is ["write-rate", ..]) return await new WriteRate(program, Argument(1, 1_000_000), TimeSpan.FromSeconds(Argument(2, 60)), Argument(3, 100_000), Argument(4, 4)).RunAsync();

// CPU time of a round of the host source beside a scrape of node_exporter:
//   dotnet run -c Release --project tests/Benchmarks -- host
if (args is ["host"]) return await HostCollection.RunAsync();

// In this process: a project generated elsewhere would not see the internals that are measured. Run by hand:
//   dotnet run -c Release --project tests/Benchmarks -- --filter '*Xor*'
var config = DefaultConfig.Instance.AddJob(Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance));
BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args, config);
return 0;
