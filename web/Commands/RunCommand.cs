using System.CommandLine;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging.Console;
using Streamline.Pipeline;
using Streamline.Storage;
using Streamline.Web.Api;
using Streamline.Web.Hosting;

namespace Streamline.Web.Commands;

/// <summary><c>streamline run</c>: opens the host, serves it, and ends it in order on SIGTERM, SIGINT or <c>/-/quit</c>.</summary>
internal static partial class RunCommand
{
    public static Command Build()
    {
        var command = new Command("run", "Run the server (this is what streamline does without a command).");
        var read = FlagValues.AddTo(command, RunFlags.All);
        command.SetAction((parsed, cancellation) => RunAsync(read(parsed)));
        return command;
    }

    private static async Task<int> RunAsync(FlagValues flags)
    {
        var settings = RunSettings.From(flags);
        var state = new ServerState();
        await using var app = WebServer.Build(settings, state, logging => Logging(logging, flags));
        var logs = app.Services.GetRequiredService<ILoggerFactory>();
        var logger = logs.CreateLogger("Streamline.Main");
        // Registered before the data directory is opened: a signal while the program starts waits for the start instead of ending it.
        var started = new TaskCompletionSource<PipelineHost>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var reload = PosixSignalRegistration.Create(PosixSignal.SIGHUP, context =>
        {
            context.Cancel = true;
            _ = ReloadAsync(started.Task, logger);
        });
        foreach (string name in flags.WithoutEffect) LogNoEffect(logger, name);
        foreach (string line in FeatureNames.Warnings(flags.Items("enable-feature"))) LogFeature(logger, line);
        PipelineHost host;
        try
        {
            host = PipelineHost.Open(settings.HostOptions(logs, settings.ExternalUrl));
        }
        catch (TsdbLockedException error)
        {
            await Console.Error.WriteLineAsync("streamline: " + error.Message).ConfigureAwait(false);
            return 1;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            await Console.Error.WriteLineAsync($"streamline: data directory {settings.DataPath} cannot be used: {error.Message}; choose another with --storage.tsdb.path").ConfigureAwait(false);
            return 1;
        }
        await using (host.ConfigureAwait(false))
        {
            state.Use(host);
            if (!await TryListenAsync(app, settings).ConfigureAwait(false)) return 1;
            try
            {
                host.Start();
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                await Console.Error.WriteLineAsync("streamline: " + error.Message).ConfigureAwait(false);
                return 1;
            }
            string urls = string.Join(", ", app.Urls);
            LogReady(logger, StatusApi.StreamlineVersion, urls, settings.ConfigFile, settings.DataPath);
            started.SetResult(host);
            await app.WaitForShutdownAsync().ConfigureAwait(false);
            LogStopping(logger);
        }
        LogStopped(logger);
        return 0;
    }

    private static async Task<bool> TryListenAsync(WebApplication app, RunSettings settings)
    {
        try
        {
            await app.StartAsync().ConfigureAwait(false);
            return true;
        }
        catch (Exception error) when (error is IOException or SocketException)
        {
            string reason = (error.InnerException ?? error).Message;
            await Console.Error.WriteLineAsync($"streamline: cannot listen on {string.Join(", ", settings.Listen)}: {reason}; choose another with --web.listen-address").ConfigureAwait(false);
            return false;
        }
    }

    private static async Task ReloadAsync(Task<PipelineHost> started, ILogger logger)
    {
        try
        {
            var host = await started.ConfigureAwait(false);
            await host.ReloadAsync().ConfigureAwait(false);
        }
        catch (ConfigException error)
        {
            foreach (var one in error.Errors) LogReloadError(logger, one.ToString());
            LogReloadRefused(logger);
        }
        catch (Exception error)
        {
            LogReloadFailed(logger, error);
        }
    }

    private static void Logging(ILoggingBuilder logging, FlagValues flags)
    {
        logging.ClearProviders();
        logging.SetMinimumLevel(flags.Text("log.level") switch
        {
            "debug" => LogLevel.Debug,
            "info" => LogLevel.Information,
            "warn" => LogLevel.Warning,
            "error" => LogLevel.Error,
            var other => throw new UsageException($"--log.level: \"{other}\" is none of debug, info, warn, error"),
        });
        // The framework's own lines say what ours say already.
        logging.AddFilter("Microsoft", LogLevel.Warning).AddFilter("System", LogLevel.Warning).AddFilter("Microsoft.Hosting", LogLevel.None).AddFilter("Microsoft.Extensions.Hosting", LogLevel.None);
        logging.AddConsole(options =>
        {
            options.LogToStandardErrorThreshold = LogLevel.Trace;
            options.FormatterName = flags.Text("log.format") switch
            {
                "logfmt" => LogfmtFormatter.FormatName,
                "json" => ConsoleFormatterNames.Json,
                var other => throw new UsageException($"--log.format: \"{other}\" is neither logfmt nor json"),
            };
        });
        logging.AddConsoleFormatter<LogfmtFormatter, ConsoleFormatterOptions>();
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "flag --{Name} is accepted but has no effect yet")]
    private static partial void LogNoEffect(ILogger logger, string name);

    [LoggerMessage(Level = LogLevel.Warning, Message = "--enable-feature: {Line}")]
    private static partial void LogFeature(ILogger logger, string line);

    [LoggerMessage(Level = LogLevel.Information, Message = "Streamline {Version} is ready on {Urls}; configuration {File}, data {Data}")]
    private static partial void LogReady(ILogger logger, string version, string urls, string file, string data);

    [LoggerMessage(Level = LogLevel.Information, Message = "stopping: sources end, the log is flushed")]
    private static partial void LogStopping(ILogger logger);

    [LoggerMessage(Level = LogLevel.Information, Message = "stopped")]
    private static partial void LogStopped(ILogger logger);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Error}")]
    private static partial void LogReloadError(ILogger logger, string error);

    [LoggerMessage(Level = LogLevel.Error, Message = "the new configuration has errors: the old one runs on")]
    private static partial void LogReloadRefused(ILogger logger);

    [LoggerMessage(Level = LogLevel.Error, Message = "reload failed")]
    private static partial void LogReloadFailed(ILogger logger, Exception error);
}
