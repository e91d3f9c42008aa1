using AdmissionGuard.Benchmarks.Objects;
using AdmissionGuard.Checks;
using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Evaluation;
using AdmissionGuard.Core.Policies;
using AdmissionGuard.Core.Terms;
using AdmissionGuard.Findings;
using AdmissionGuard.Formats;
using AdmissionGuard.Manifests;
using BenchmarkDotNet.Attributes;

namespace AdmissionGuard.Benchmarks;

/// <summary><c>check</c> of 2,000 documents without the process around it. The floor reads the files' bytes and no more.</summary>
public class CheckBenchmarks : IDisposable
{
    private static readonly FormatOptions Options = new(new SourceRoot(Path.GetTempPath()));

    private readonly Cluster cluster = Cluster.Empty.With([GuardPolicy.Of(Profile.Baseline)]);
    private ManifestFolder folder = null!;
    private ManifestSet manifests = null!;
    private CheckReport report = null!;

    [GlobalSetup]
    public void SetUp()
    {
        folder = new ManifestFolder();
        manifests = ManifestFiles.Read([folder.Path], [], Stream.Null);
        if (manifests.Errors.Count > 0)
            throw new InvalidOperationException(manifests.Errors[0].ToString());
        report = Judged();
    }

    [GlobalCleanup]
    public void Dispose()
    {
        folder.Dispose();
        GC.SuppressFinalize(this);
    }

    [Benchmark(Baseline = true, Description = "floor: bytes of the files")]
    public long Floor() => Directory.EnumerateFiles(folder.Path).Sum(f => (long)File.ReadAllBytes(f).Length);

    [Benchmark(Description = "read")]
    public object Read() => ManifestFiles.Read([folder.Path], [], Stream.Null);

    [Benchmark(Description = "judge")]
    public object Judge() => Judged();

    [Benchmark(Description = "write text")]
    public void WriteText() => CheckText.Write(TextWriter.Null, report, Options);

    [Benchmark(Description = "write json")]
    public void WriteJson() => CheckJson.Write(TextWriter.Null, report, Options);

    /// <summary>What was measured.</summary>
    public string Describe()
    {
        SetUp();
        var text =
            $"{report.Documents} documents, {folder.Bytes >> 10} KB, {report.Reviewed} reviewed: {report.Count(GuardAction.Deny)} deny, "
            + $"{report.Count(GuardAction.Warn)} warn, {report.Count(GuardAction.Fix)} fix, {report.Count(GuardAction.Audit)} audit, "
            + $"{report.Errors.Count} errors";
        return text;
    }

    private CheckReport Judged() => new ManifestReview(Actor.GitOps, "default", DateTimeOffset.UnixEpoch).Run(cluster, manifests, null);
}
