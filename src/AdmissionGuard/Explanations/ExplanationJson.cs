using System.Text.Json;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Relations;
using AdmissionGuard.Texts;

namespace AdmissionGuard.Explanations;

/// <summary>For programs: version 1 of the format. Shares in percent of requests, times as Go writes them; what is absent is null.</summary>
internal static class ExplanationJson
{
    public static string Write(RequestExplanation explanation) =>
        JsonText.Of(json =>
        {
            json.WriteStartObject();
            json.WriteNumber("version", 1);
            json.WriteString("request", explanation.Request);
            Write(json, "before", explanation.Before);
            Write(json, "after", explanation.After);
            json.WriteStartArray("passed");
            foreach (var passed in explanation.Passed)
            {
                json.WriteStartObject();
                Object(json, (passed.Kind, passed.Namespace, passed.Name, passed.Route ?? passed.Title));
                json.WriteString("because", passed.Because);
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteEndObject();
        });

    private static void Write(Utf8JsonWriter json, string name, ExplainedTaker? taker)
    {
        if (taker is null)
        {
            json.WriteNull(name);
            return;
        }
        json.WriteStartObject(name);
        Object(json, (taker.Kind, taker.Namespace, taker.Name, taker.Route ?? taker.Title));
        json.WriteStartArray("shares");
        foreach (var share in taker.Shares)
        {
            json.WriteStartObject();
            json.WriteString("destination", share.Destination);
            json.WriteNumber("percent", Math.Round(share.Percent, 2));
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteNumber("tries", taker.Tries);
        if (taker.Timeout is { } timeout)
            json.WriteString("timeout", Durations.Write(timeout));
        else
            json.WriteNull("timeout");
        if (taker.Answer is { } answer)
            json.WriteNumber("answer", answer);
        else
            json.WriteNull("answer");
        json.WriteEndObject();
    }

    private static void Object(Utf8JsonWriter json, (string Kind, string Namespace, string Name, string Route) of)
    {
        json.WriteString("kind", of.Kind);
        json.WriteString("namespace", of.Namespace);
        json.WriteString("name", of.Name);
        json.WriteString("route", of.Route);
    }
}
