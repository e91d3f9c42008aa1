using System.Buffers;
using System.Text.Json;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Policies;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Live;

/// <summary>
/// What the status of a custom resource of ours should say. It depends on the object and the settings alone, never on what this replica has seen
/// before: replicas
/// that disagree would write for ever.
/// </summary>
internal sealed record ResourceStatus(WatchedKind What, Node Root, IReadOnlyList<PolicyError> Errors, GuardPolicy? Policy)
{
    /// <summary>An object must stay readable, and storable.</summary>
    private const int MostErrors = 50;

    private const int MostText = 400;

    public static ResourceStatus Of(WatchedKind what, StoredVersion<GuardPolicy> stored) =>
        new(what, stored.Root, stored.Errors, stored.Errors.Count == 0 ? stored.Good : null);

    public static ResourceStatus Of<T>(WatchedKind what, StoredVersion<T> stored)
        where T : class => new(what, stored.Root, stored.Errors, Policy: null);

    public string Name => Metadata["name"u8].Text ?? "";

    /// <summary>One object at one generation.</summary>
    public string Version => $"{Metadata["uid"u8].Text}/{Metadata["generation"u8]}";

    /// <summary>The body of a server-side apply; null where the object says it already.</summary>
    public ReadOnlyMemory<byte>? Difference(DateTimeOffset now)
    {
        var shown = Root["status"u8];
        var desired = Written(json => WriteStatus(json, shown, now));
        if (Node.Parse(desired).SameAs(shown))
            return null;
        return Written(json =>
        {
            json.WriteStartObject();
            json.WriteString("apiVersion"u8, PolicyReader.ApiVersion);
            json.WriteString("kind"u8, What.Name);
            json.WriteStartObject("metadata"u8);
            json.WriteString("name"u8, Name);
            // of this very object as it was seen: a newer version is told of again, and judged then
            if (Metadata["uid"u8].Text is { } uid)
                json.WriteString("uid"u8, uid);
            if (Metadata["resourceVersion"u8].Text is { } version)
                json.WriteString("resourceVersion"u8, version);
            json.WriteEndObject();
            json.WritePropertyName("status"u8);
            json.WriteRawValue(desired.Span);
            json.WriteEndObject();
        });
    }

    private Node Metadata => Root["metadata"u8];

    private int Count => Errors.Sum(e => e.Count);

    private bool IsAccepted => Errors.Count == 0;

    private string Message
    {
        get
        {
            if (IsAccepted)
                return "in force";
            return $"{(Count == 1 ? "1 error" : $"{Count} errors")}: refused, the last version without errors stays in force, if " + $"there was one";
        }
    }

    private void WriteStatus(Utf8JsonWriter json, Node shown, DateTimeOffset now)
    {
        json.WriteStartObject();
        WriteGeneration(json);
        json.WriteStartArray("conditions"u8);
        json.WriteStartObject();
        json.WriteString("type"u8, "Accepted"u8);
        json.WriteString("status"u8, IsAccepted ? "True"u8 : "False"u8);
        WriteGeneration(json);
        json.WriteString("lastTransitionTime"u8, Since(shown) ?? Times.Second(now));
        json.WriteString("reason"u8, IsAccepted ? "Valid"u8 : "Invalid"u8);
        json.WriteString("message"u8, Message);
        json.WriteEndObject();
        json.WriteEndArray();
        if (!IsAccepted)
            WriteErrors(json);
        if (Policy is not null)
            WriteCounts(json, Policy);
        json.WriteEndObject();
    }

    private void WriteGeneration(Utf8JsonWriter json)
    {
        if (Metadata["generation"u8].TryGetInt64(out var generation))
            json.WriteNumber("observedGeneration"u8, generation);
    }

    private void WriteErrors(Utf8JsonWriter json)
    {
        json.WriteStartArray("errors"u8);
        foreach (var error in Errors.Take(MostErrors))
            Write(error.Path.ToString(), error.Message);
        if (Count > MostErrors)
            Write("", $"and {Count - MostErrors} more");
        json.WriteEndArray();

        void Write(string path, string message)
        {
            json.WriteStartObject();
            json.WriteString("path"u8, Shown.Clip(path, MostText));
            json.WriteString("message"u8, Shown.Clip(message, MostText));
            json.WriteEndObject();
        }
    }

    /// <summary>By what they come to: the policy's mode caps them.</summary>
    private static void WriteCounts(Utf8JsonWriter json, GuardPolicy policy)
    {
        json.WriteStartObject("counts"u8);
        json.WriteNumber("rules"u8, policy.Rules.Count);
        foreach (var action in (GuardAction[])[GuardAction.Deny, GuardAction.Warn, GuardAction.Audit])
        {
            json.WriteNumber(Words.Of(action), policy.Rules.Count(r => (r.Action < policy.Cap ? r.Action : policy.Cap) == action));
        }
        json.WriteNumber("fix"u8, policy.Mode == PolicyMode.Enforce ? policy.Rules.Count(r => r.Fix) : 0);
        json.WriteEndObject();
    }

    /// <summary>Since when it is as it is, where it says that it is.</summary>
    private string? Since(Node shown)
    {
        foreach (var item in shown["conditions"u8].Items)
        {
            var condition = item;
            if (condition["type"u8].IsText("Accepted"u8) && condition["status"u8].IsText(IsAccepted ? "True"u8 : "False"u8))
                return condition["lastTransitionTime"u8].Text;
        }
        return null;
    }

    private static ReadOnlyMemory<byte> Written(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(buffer))
            write(json);
        return buffer.WrittenMemory;
    }
}
