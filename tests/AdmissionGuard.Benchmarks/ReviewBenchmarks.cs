using System.Buffers;
using System.Text.Json;
using AdmissionGuard.Admission;
using AdmissionGuard.Benchmarks.Objects;
using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Evaluation;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Policies;
using AdmissionGuard.Core.Terms;
using BenchmarkDotNet.Attributes;

namespace AdmissionGuard.Benchmarks;

/// <summary>One review from bytes to bytes, and its parts. The floor is JsonDocument over the same bytes.</summary>
public class ReviewBenchmarks
{
    private static readonly DateTimeOffset Now = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);

    private readonly ArrayBufferWriter<byte> output = new(64 << 10);
    private readonly Cluster cluster = Cluster.Empty.With([GuardPolicy.Of(Profile.Baseline)]);
    private byte[] wire = [];
    private Review validate = null!;
    private Review mutate = null!;
    private Verdict denied = null!;
    private Verdict repaired = null!;

    [ParamsAllValues]
    public Case Case { get; set; }

    [GlobalSetup]
    public void SetUp()
    {
        wire = Cases.Of(Case);
        var document = Node.Parse(wire);
        validate = AdmissionReview.Read(document, Webhook.Validate, Now, out _)!.Review;
        mutate = AdmissionReview.Read(document, Webhook.Mutate, Now, out _)!.Review;
        denied = Evaluator.Evaluate(validate, cluster);
        repaired = Evaluator.Evaluate(mutate, cluster);
    }

    [Benchmark(Baseline = true, Description = "floor: JsonDocument")]
    public int Floor()
    {
        using var document = JsonDocument.Parse(wire);
        return (int)document.RootElement.ValueKind;
    }

    [Benchmark(Description = "parse")]
    public object Parse()
    {
        using var document = JsonTree.Parse(wire, pooled: true);
        return AdmissionReview.Read(document.Root, Webhook.Validate, Now, out _)!;
    }

    [Benchmark(Description = "evaluate (validate)")]
    public object Validate() => Evaluator.Evaluate(validate, cluster);

    [Benchmark(Description = "evaluate (mutate)")]
    public object Mutate() => Evaluator.Evaluate(mutate, cluster);

    [Benchmark(Description = "write (validate)")]
    public int Write()
    {
        output.ResetWrittenCount();
        AdmissionReview.Write(output, "3b0a6f0e-87a5-4a3a-8f4e-2f2b6b4d9c10", denied, Webhook.Validate);
        return output.WrittenCount;
    }

    [Benchmark(Description = "write (mutate)")]
    public int WritePatch()
    {
        output.ResetWrittenCount();
        AdmissionReview.Write(output, "3b0a6f0e-87a5-4a3a-8f4e-2f2b6b4d9c10", repaired, Webhook.Mutate);
        return output.WrittenCount;
    }

    [Benchmark(Description = "whole (validate)")]
    public int Whole() => Answer(Webhook.Validate);

    [Benchmark(Description = "whole (mutate)")]
    public int WholeMutate() => Answer(Webhook.Mutate);

    /// <summary>What was measured, so that a figure is never one of an object that is judged otherwise than meant.</summary>
    public string Describe()
    {
        SetUp();
        var actions = denied.Judgements.GroupBy(j => j.Action).Select(g => $"{g.Count()} {g.Key}");
        return $"{Case}: {wire.Length} bytes, validate: {string.Join(", ", actions.DefaultIfEmpty("nothing found"))}; mutate: {repaired.Patch.Count} "
            + $"additions";
    }

    private int Answer(Webhook webhook)
    {
        using var document = JsonTree.Parse(wire, pooled: true);
        var request = AdmissionReview.Read(document.Root, webhook, Now, out _)!;
        output.ResetWrittenCount();
        AdmissionReview.Write(output, request.Uid, Evaluator.Evaluate(request.Review, cluster), webhook);
        return output.WrittenCount;
    }
}
