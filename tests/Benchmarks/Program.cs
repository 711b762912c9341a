using System.Globalization;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Streamline.Benchmarks.Query;
using Streamline.Benchmarks.Soak;

// Soaks of the built program (dotnet build -c Release first), by hand too:
//   dotnet run -c Release --project tests/Benchmarks -- kill [kills]              SIGKILL under remote write, counts lost acknowledged samples
//   dotnet run -c Release --project tests/Benchmarks -- memory [minutes] [series] a day of samples, prints resident memory
if (args is ["kill" or "memory", ..])
{
    string program = Environment.GetEnvironmentVariable("STREAMLINE_PROGRAM") ?? "web/bin/Release/net10.0/streamline";
    int Argument(int index, int otherwise) => args.Length > index ? int.Parse(args[index], CultureInfo.InvariantCulture) : otherwise;
    return args[0] == "kill"
        ? await new KillSoak(program, Argument(1, 50), Argument(2, 1)).RunAsync()
        : await new MemorySoak(program, TimeSpan.FromMinutes(Argument(1, 10)), Argument(2, 10_000)).RunAsync();
}

// CPU time of range queries over 1, 4 and 16 times the series and the samples:
//   dotnet run -c Release --project tests/Benchmarks -- scaling
if (args is ["scaling"]) return await RangeScaling.RunAsync();

// In this process: a project generated elsewhere would not see the internals that are measured. Run by hand:
//   dotnet run -c Release --project tests/Benchmarks -- --filter '*Xor*'
var config = DefaultConfig.Instance.AddJob(Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance));
BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args, config);
return 0;
