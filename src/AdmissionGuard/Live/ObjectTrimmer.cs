using System.Buffers;
using System.Text.Json;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Live;

/// <summary>
/// What is kept of an object that rules look up: its spec and who it is; of a Rollout or Canary also how it stands, but of its pods only who they
/// are. A cluster's objects are in memory, so every byte counts a thousand times.
/// </summary>
internal static class ObjectTrimmer
{
    private static readonly string[] Metadata = ["name", "namespace", "labels", "annotations", "creationTimestamp", "deletionTimestamp"];

    /// <summary>What the audit asks for besides: whose object a report names, and whether another one owns it.</summary>
    private static readonly string[] MetadataOfAudited = [.. Metadata, "uid", "ownerReferences"];

    /// <summary>A second copy of the object, of no use to a rule.</summary>
    private const string LastApplied = "kubectl.kubernetes.io/last-applied-configuration";

    /// <param name="isAudited">It is judged as it stands here, so all that a rule may read stays.</param>
    public static Node Of(Node root, ObjectKind kind, bool isAudited = false) =>
        Copy(root, withSpec: true, withStatus: kind == ObjectKind.Rollout || kind == ObjectKind.Canary, isAudited);

    public static Node OfNamespace(Node root) => Copy(root, withSpec: false, withStatus: false, isAudited: false);

    private static Node Copy(Node root, bool withSpec, bool withStatus, bool isAudited)
    {
        var buffer = new ArrayBufferWriter<byte>(Math.Max(256, root.Raw.Length));
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            Write(json, "apiVersion", root["apiVersion"u8]);
            Write(json, "kind", root["kind"u8]);
            json.WriteStartObject("metadata"u8);
            foreach (var key in isAudited ? MetadataOfAudited : Metadata)
            {
                if (key != "annotations")
                    Write(json, key, root["metadata"u8][key]);
                else
                    WriteAnnotations(json, root["metadata"u8][key]);
            }
            json.WriteEndObject();
            if (isAudited)
                Write(json, "spec", root["spec"u8]);
            else if (withSpec)
                WriteSpec(json, root["spec"u8]);
            if (withStatus)
                Write(json, "status", root["status"u8]);
            json.WriteEndObject();
        }
        return Node.ParseToKeep(buffer.WrittenSpan);
    }

    /// <summary>Containers are most of what a workload weighs, and no rule about another object asks for them.</summary>
    private static void WriteSpec(Utf8JsonWriter json, Node spec)
    {
        if (!spec["template"u8]["spec"u8].Exists)
        {
            Write(json, "spec", spec);
            return;
        }
        json.WriteStartObject("spec"u8);
        foreach (var entry in spec.Entries)
        {
            if (!entry.NameIs("template"u8))
                Write(json, entry.Name, entry.Value);
        }
        json.WriteStartObject("template"u8);
        Write(json, "metadata", spec["template"u8]["metadata"u8]);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, string key, Node value)
    {
        if (!value.Exists)
            return;
        json.WritePropertyName(key);
        json.WriteRawValue(value.Raw, skipInputValidation: true);
    }

    private static void WriteAnnotations(Utf8JsonWriter json, Node annotations)
    {
        if (!annotations.IsObject)
            return;
        json.WriteStartObject("annotations"u8);
        foreach (var entry in annotations.Entries)
        {
            if (entry.Name != LastApplied)
                Write(json, entry.Name, entry.Value);
        }
        json.WriteEndObject();
    }
}
