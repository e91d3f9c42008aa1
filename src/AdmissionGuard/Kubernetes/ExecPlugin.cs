using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Files;

namespace AdmissionGuard.Kubernetes;

/// <summary>
/// A program that prints an ExecCredential (client.authentication.k8s.io v1 and v1beta1), asked again when what it gave expires or is refused. The
/// library's own (ExecTokenProvider) joins the arguments by spaces and so splits those that have one, never renews a client certificate, says
/// nothing of the cluster, leaves standard input open, gives up on more output than a pipe holds and runs before anything is asked.
/// </summary>
internal sealed class ExecPlugin : ICredential
{
    private const string Group = "client.authentication.k8s.io";

    private sealed record Held(AuthenticationHeaderValue? Header, X509Certificate2? Certificate, DateTimeOffset? Expires);

    private readonly Lock gate = new();
    private readonly Kubeconfig.Entry user;
    private readonly Kubeconfig.Entry cluster;
    private readonly TimeProvider time;
    private readonly string apiVersion;
    private readonly string command;
    private Task<Held>? asked;
    private volatile X509Certificate2? certificate;

    public ExecPlugin(Kubeconfig.Entry user, Kubeconfig.Entry cluster, TimeProvider time)
    {
        this.user = user;
        this.cluster = cluster;
        this.time = time;
        var exec = user.Content["exec"u8];
        apiVersion = exec["apiVersion"u8].Text ?? "";
        if (apiVersion is not ($"{Group}/v1" or $"{Group}/v1beta1"))
        {
            throw user.Lacks($"has an exec with apiVersion \"{apiVersion}\", {Group}/v1 and {Group}/v1beta1 are known");
        }
        command = exec["command"u8].Text is { Length: > 0 } text ? text : throw user.Lacks("has an exec without a command");
        if (exec["interactiveMode"u8].Text == "Always")
            throw user.Lacks($"has an exec that needs a terminal (interactiveMode: Always): {command}");
        // only a bare name is looked for in PATH
        if (command.Contains(Path.DirectorySeparatorChar, StringComparison.Ordinal))
            command = user.Resolve(command);
    }

    /// <summary>Of the plugin; it takes the place of one that the user itself has.</summary>
    public X509Certificate2? Certificate => certificate;

    /// <summary>Null where a certificate says it all.</summary>
    /// <exception cref="ApiException">The plugin gave nothing that can be used.</exception>
    public async Task<AuthenticationHeaderValue> GetAuthenticationHeaderAsync(CancellationToken cancellationToken)
    {
        Task<Held> answer;
        lock (gate)
        {
            // asked once for all who wait; who gives up waiting does not end it for the others
            if (asked is null || (asked.IsCompleted && !IsFresh(asked)))
                asked = Task.Run(Ask, CancellationToken.None);
            answer = asked;
        }
        try
        {
            var held = await answer.WaitAsync(cancellationToken);
            certificate = held.Certificate;
            return held.Header!; // the library takes null for no header
        }
        catch (InputException e)
        {
            throw new ApiException(null, ApiException.Credentials, e.Message, e);
        }
    }

    public void Refused()
    {
        lock (gate)
            asked = null;
    }

    private bool IsFresh(Task<Held> done) =>
        done.IsCompletedSuccessfully && (done.Result.Expires is not { } end || time.GetUtcNow() + ApiLimits.PluginMargin < end);

    private async Task<Held> Ask() => Read(await Run());

    private async Task<string> Run()
    {
        using var late = new CancellationTokenSource(ApiLimits.Plugin, time);
        using var process = Start();
        try
        {
            var complaint = ReadBounded(process.StandardError, late.Token);
            var printed = await ReadBounded(process.StandardOutput, late.Token);
            var said = await complaint;
            await process.WaitForExitAsync(late.Token);
            if (process.ExitCode == 0)
                return printed;
            throw user.Lacks($"has the plugin {command}, which ended with status {process.ExitCode}: {FirstLine(said)}");
        }
        catch (OperationCanceledException)
        {
            throw user.Lacks($"has the plugin {command}, which gave no answer in {ApiLimits.Plugin.TotalSeconds:0} s");
        }
        finally
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
    }

    private Process Start()
    {
        var exec = user.Content["exec"u8];
        var start = new ProcessStartInfo(command)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var argument in exec["args"u8].Items)
            start.ArgumentList.Add(argument.Text ?? argument.ToString());
        foreach (var variable in exec["env"u8].Items)
        {
            var node = variable;
            if (node["name"u8].Text is { Length: > 0 } name)
                start.Environment[name] = node["value"u8].Text ?? "";
        }
        start.Environment["KUBERNETES_EXEC_INFO"] = Info();
        try
        {
            var process = Process.Start(start)!;
            process.StandardInput.Close(); // nobody is there to answer a question
            return process;
        }
        catch (Win32Exception e)
        {
            var hint = exec["installHint"u8].Text is { Length: > 0 } text ? "; " + FirstLine(text) : "";
            throw user.Lacks($"has the plugin {command}, which cannot be started: {e.Message}{hint}");
        }
    }

    /// <summary>What the plugin is told. The cluster only where the kubeconfig says so: it may hold secrets of other tools.</summary>
    private string Info()
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteString("apiVersion", apiVersion);
            writer.WriteString("kind", "ExecCredential");
            writer.WriteStartObject("spec");
            writer.WriteBoolean("interactive", value: false);
            if (user.Content["exec"u8]["provideClusterInfo"u8].Kind == JsonValueKind.True)
            {
                writer.WriteStartObject("cluster");
                foreach (var key in (string[])["server", "tls-server-name", "insecure-skip-tls-verify", "certificate-authority-data", "proxy-url"])
                {
                    if (!cluster.Content[key].Exists)
                        continue;
                    writer.WritePropertyName(key);
                    cluster.Content[key].WriteTo(writer);
                }
                writer.WriteEndObject();
            }
            writer.WriteEndObject();
            writer.WriteEndObject();
        }
        return Encoding.UTF8.GetString(buffer.ToArray());
    }

    private Held Read(string printed)
    {
        try
        {
            var root = Node.Parse(printed);
            if (root["apiVersion"u8].Text != apiVersion)
                throw Printed($"apiVersion \"{root["apiVersion"u8].Text}\" instead of {apiVersion}");
            var status = root["status"u8];
            var token = status["token"u8].Text;
            var chain = status["clientCertificateData"u8].Text;
            var key = status["clientKeyData"u8].Text;
            if (string.IsNullOrEmpty(token) && string.IsNullOrEmpty(chain))
                throw Printed("neither a token nor a clientCertificateData");
            if (string.IsNullOrEmpty(chain) != string.IsNullOrEmpty(key))
                throw Printed("only one of clientCertificateData and clientKeyData");
            var header = string.IsNullOrEmpty(token) ? null : new AuthenticationHeaderValue("Bearer", token);
            var pair = string.IsNullOrEmpty(chain) ? null : PemPair.Load(chain, key!);
            return new Held(header, pair, Expiry(status["expirationTimestamp"u8].Text));
        }
        catch (Exception e) when (e is JsonException or CryptographicException)
        {
            throw Printed($"what cannot be read: {FirstLine(e.Message)}");
        }
    }

    private DateTimeOffset? Expiry(string? text)
    {
        if (text is null)
            return null;
        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var expires)
            ? expires
            : throw Printed($"an expirationTimestamp that is no time: {text}");
    }

    private InputException Printed(string what) => user.Lacks($"has the plugin {command}, which printed {what}");

    private static async Task<string> ReadBounded(StreamReader reader, CancellationToken stop)
    {
        var text = new StringBuilder();
        var buffer = new char[4096];
        int read;
        while ((read = await reader.ReadAsync(buffer, stop)) > 0)
        {
            if (text.Length < ApiLimits.PluginBytes)
                text.Append(buffer, 0, read); // the rest is read and dropped, so that the plugin can end
        }
        return text.ToString();
    }

    private static string FirstLine(string text) => text.Trim().Split('\n', 2)[0].Trim() is { Length: > 0 } line ? line : "it said nothing";
}
