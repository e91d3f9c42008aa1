using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Exporters;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Reports;
using Perfolizer.Horology;

namespace AdmissionGuard.Benchmarks;

/// <summary>Short runs, but in a process of their own and with enough of them for a median on a machine that others use.</summary>
internal static class Measured
{
    public static IConfig Config { get; } =
        ManualConfig
            .CreateEmpty()
            .AddJob(
                Job.Default.WithLaunchCount(1)
                    .WithWarmupCount(6)
                    .WithIterationCount(15)
                    .WithIterationTime(TimeInterval.FromMilliseconds(100))
                    .WithGcServer(false)
                    .WithGcConcurrent(false)
                    .WithEnvironmentVariable("DOTNET_TieredPGO", "0")
            )
            .AddDiagnoser(MemoryDiagnoser.Default)
            .AddColumnProvider(DefaultColumnProviders.Instance)
            .AddColumn(StatisticColumn.Min, StatisticColumn.Median, StatisticColumn.P95)
            .HideColumns(Column.Error, Column.StdDev, Column.RatioSD, Column.Gen0, Column.Gen1, Column.Gen2)
            .AddLogger(ConsoleLogger.Default)
            .AddExporter(MarkdownExporter.GitHub)
            .WithArtifactsPath(Path.Join(Path.GetTempPath(), "admissionguard-benchmarks"))
            .WithSummaryStyle(SummaryStyle.Default.WithTimeUnit(TimeUnit.Microsecond));
}
