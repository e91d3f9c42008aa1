using System.CommandLine;
using AdmissionGuard.Commands.Options;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Relations;
using AdmissionGuard.Explanations;
using AdmissionGuard.Files;
using AdmissionGuard.Manifests;

namespace AdmissionGuard.Commands;

/// <summary><c>explain</c>: which route takes a request, before and after a change.</summary>
internal static class ExplainCommand
{
    public static Command Make(Terminal terminal)
    {
        var method = new Argument<string>("METHOD") { Description = "such as GET" };
        var url = new Argument<string>("URL") { Description = "such as http://api.shop/cart?v=2" };
        var files = new Option<string[]>("--file", "-f")
        {
            Description = "manifests: files, folders, or - for standard input",
            HelpName = "PATH",
            Required = true,
        };
        var old = new Option<string[]>("--old")
        {
            Description = "the manifests before the change",
            HelpName = "PATH",
            DefaultValueFactory = _ => [],
        };
        var headers = new Option<string[]>("--header", "-H")
        {
            Description = "a header of the request: 'x-user: 7'",
            HelpName = "HEADER",
            DefaultValueFactory = _ => [],
        };
        var from = new Option<string?>("--from") { Description = "who asks: NAMESPACE, or NAMESPACE/label=value,...", HelpName = "CALLER" };
        var output = new Option<string>("--output", "-o")
        {
            Description = "text or json",
            DefaultValueFactory = _ => "text",
            HelpName = "FORMAT",
        };
        output.AcceptOnlyFromAmong("text", "json");
        var command = new Command("explain", "Which object and route takes a request: shares, tries, timeout, and what it passed on the way.")
        {
            method,
            url,
            files,
            old,
            headers,
            from,
            output,
        };
        command.SetAction(parsed =>
        {
            var question = ExplainedRequest.Of(parsed.GetValue(method)!, parsed.GetValue(url)!, parsed.GetValue(headers)!, parsed.GetValue(from));
            Usage.ReadInputOnce(parsed.GetValue(files)!, parsed.GetValue(old)!);
            var now = ManifestFiles.Read(parsed.GetValue(files)!, [], terminal.In);
            var before = parsed.GetValue(old) is { Length: > 0 } paths ? ManifestFiles.Read(paths, [], terminal.In) : null;
            var space = question.FromNamespace ?? "default";
            var explanation = RequestExplainer.Of(ExplainedWorld.Of(now, space), before is null ? null : ExplainedWorld.Of(before, space), question);
            if (parsed.GetValue(output) == "json")
                terminal.Out.WriteLine(ExplanationJson.Write(explanation));
            else
                ExplanationText.Write(terminal.Out, explanation);
            terminal.Out.Flush(); // what could be explained stands before what could not be read
            foreach (var error in now.Errors.Concat(before?.Errors ?? []))
                terminal.Error.WriteLine(Shown.Clean(error.ToString()));
            return now.Errors.Count + (before?.Errors.Count ?? 0) > 0 ? 2 : 0;
        });
        return command;
    }
}
