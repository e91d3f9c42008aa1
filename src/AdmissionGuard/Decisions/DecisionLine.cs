using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using AdmissionGuard.Admission;
using AdmissionGuard.Core.Evaluation;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Decisions;

/// <summary>
/// One decision as one line of JSON: who wanted what, what was decided and why, what it cost; with the objects, enough to judge it again by another
/// policy.
/// Findings are bounded; what a value of the object holds stands in the objects alone.
/// </summary>
internal static class DecisionLine
{
    public const int Version = 1;

    /// <summary>Objects are read back as they are; the answer is a line in a file, no web page.</summary>
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    /// <param name="withObjects">What was skipped unread has none in any case: no policy would judge it.</param>
    public static byte[] Write(string uid, Verdict verdict, Webhook endpoint, TimeSpan took, bool withObjects)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            var review = verdict.Review;
            json.WriteStartObject();
            json.WriteNumber("version"u8, Version);
            json.WriteString("time"u8, Times.Millisecond(review.Now));
            json.WriteString("uid"u8, uid);
            json.WriteString("endpoint"u8, AdmissionReview.Name(endpoint));
            json.WriteString("operation"u8, Words.Of(review.Operation));
            json.WriteString("kind"u8, review.Kind?.Name);
            json.WriteString("apiVersion"u8, review.Subject["apiVersion"u8].Text);
            json.WriteString("namespace"u8, review.Namespace);
            json.WriteString("name"u8, review.Name);
            json.WriteString("subResource"u8, review.SubResource is { Length: > 0 } sub ? sub : null);
            json.WriteString("user"u8, review.Actor.User);
            json.WriteStartArray("groups"u8);
            foreach (var group in review.Actor.Groups)
                json.WriteStringValue(group);
            json.WriteEndArray();
            json.WriteString("actsAs"u8, review.Actor.ActsAs);
            if (review.IsRollback is { } rollback)
                json.WriteBoolean("rollback"u8, rollback);
            else
                json.WriteNull("rollback"u8);
            json.WriteString("teardown"u8, verdict.Teardown is { IsAnnounced: true } teardown ? teardown.Reason : null);
            json.WriteBoolean("dryRun"u8, review.DryRun);
            json.WriteBoolean("allowed"u8, verdict.Allowed);
            json.WriteString("skipped"u8, verdict.Skipped);
            WriteFindings(json, verdict);
            json.WriteNumber("patchBytes"u8, verdict.Patch.Sum(p => p.Json.Length + p.Key.Length));
            json.WriteNumber("microseconds"u8, (long)took.TotalMicroseconds);
            if (withObjects && !IsSkippedUnread(verdict))
            {
                WriteObject(json, "object"u8, review.Object);
                WriteObject(json, "oldObject"u8, review.OldObject);
            }
            json.WriteEndObject();
        }
        buffer.Write("\n"u8);
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Whether another policy would skip it as well: that no policy is about it, or none protects it, may change with a policy.</summary>
    private static bool IsSkippedUnread(Verdict verdict) =>
        verdict.Skipped is not null && verdict.Skipped != Evaluator.NoPolicy && verdict.Skipped != Evaluator.Unprotected;

    private static void WriteFindings(Utf8JsonWriter json, Verdict verdict)
    {
        json.WriteStartArray("findings"u8);
        foreach (var judgement in verdict.Judgements.Take(ServerLimits.DecisionFindings))
        {
            json.WriteStartObject();
            json.WriteString("rule"u8, judgement.Rule);
            json.WriteString("policy"u8, judgement.Policy);
            json.WriteString("action"u8, Words.Of(judgement.Action));
            json.WriteString("originalAction"u8, Words.Of(judgement.OriginalAction));
            json.WriteString("because"u8, Words.Of(judgement.Because));
            json.WriteString("path"u8, judgement.Path.ToString());
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static void WriteObject(Utf8JsonWriter json, ReadOnlySpan<byte> name, Node node)
    {
        if (!node.IsObject)
            return;
        json.WritePropertyName(name);
        node.WriteTo(json);
    }
}
