using System.Buffers;
using System.Globalization;
using System.Text.Json.Nodes;
using AdmissionGuard.Admission;
using AdmissionGuard.Benchmarks.Objects;
using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Evaluation;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Policies;

namespace AdmissionGuard.Benchmarks;

/// <summary>
/// Bytes that one review by all of <c>strict</c> allocates and values that it looks at, from the parsed request to the written answer, beside those
/// that the history file holds. Unlike times they hardly depend on the machine, so that a change that costs much more can fail.
/// </summary>
internal static class CostHistory
{
    private const double MostGrowth = 1.2;
    private const int Batches = 20;
    private const int Times = 25;

    private static readonly string History = Path.Join(Repository.Root, "tests", "AdmissionGuard.Benchmarks", "history.json");

    /// <param name="write">Writes the history file instead of comparing with it.</param>
    /// <returns>Exit status: 1 where a review costs a fifth more than the history says, or where the history lacks it.</returns>
    public static int Run(TextWriter output, bool write)
    {
        AppContext.SetSwitch(Visits.Switch, true);
        var history = write ? [] : JsonNode.Parse(File.ReadAllText(History))!.AsObject();
        var status = 0;
        output.WriteLine("| review | what | now | history | ratio |");
        output.WriteLine("|---|---|---:|---:|---:|");
        foreach (var @case in Enum.GetValues<Case>())
        {
            foreach (var endpoint in Enum.GetValues<Webhook>())
            {
                var (bytes, visits) = Measure(@case, endpoint);
                foreach (var (what, now) in (ReadOnlySpan<(string, long)>)[("bytes", bytes), ("visits", visits)])
                {
                    var name = $"{@case}, {AdmissionReview.Name(endpoint)}, {what}";
                    if (write)
                        history[name] = now;
                    var before = (long?)history[name] ?? 0;
                    var ratio = before == 0 ? double.PositiveInfinity : (double)now / before;
                    output.WriteLine(
                        string.Create(
                            CultureInfo.InvariantCulture,
                            $"| {@case}, {AdmissionReview.Name(endpoint)} | {what} | {now} | {before} | {ratio:0.00} |"
                        )
                    );
                    if (ratio > MostGrowth)
                        status = 1;
                }
            }
        }
        if (write)
            File.WriteAllText(History, history.ToJsonString(new System.Text.Json.JsonSerializerOptions { WriteIndented = true }) + "\n");
        else if (status != 0)
            output.WriteLine($"a review costs more than {MostGrowth} times what it did: find out why, or say so with: history write");
        return status;
    }

    private static (long Bytes, long Visits) Measure(Case @case, Webhook endpoint)
    {
        var document = Node.Parse(Cases.Of(@case));
        var cluster = Cluster.Empty.With([GuardPolicy.Of(Profile.Strict)]);
        var output = new ArrayBufferWriter<byte>(1 << 20);
        var (least, visits) = (long.MaxValue, 0L);
        for (var batch = 0; batch < Batches; batch++)
        {
            var (allocated, visited) = (GC.GetAllocatedBytesForCurrentThread(), Visits.Count);
            for (var i = 0; i < Times; i++)
            {
                output.ResetWrittenCount();
                var request = AdmissionReview.Read(document, endpoint, DateTimeOffset.UnixEpoch, out _)!;
                AdmissionReview.Write(output, request.Uid, Evaluator.Evaluate(request.Review, cluster), endpoint);
            }
            least = Math.Min(least, (GC.GetAllocatedBytesForCurrentThread() - allocated) / Times);
            visits = (Visits.Count - visited) / Times;
        }
        return (least, visits);
    }
}
