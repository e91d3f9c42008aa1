using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Settings;
using AdmissionGuard.Kubernetes;
using AdmissionGuard.Loops;

namespace AdmissionGuard.Live;

/// <summary>
/// Reads Istio's own configuration again and again. It changes a few times a year, so it is not watched; where the server does not answer, what was
/// read last holds.
/// </summary>
/// <param name="settings">Those in force, which say where to look.</param>
/// <param name="changed">Told after each reading.</param>
internal sealed class MeshFollower(IApiServer server, Func<GuardSettings> settings, Action changed, LiveOptions options)
{
    private const string Failed = "Istio's configuration could not be read, please report; what was read last holds";

    private volatile MeshConfig last = MeshConfig.Unknown;

    public MeshConfig Last => last;

    public async Task Run(CancellationToken ended)
    {
        await Task.Yield();
        await new Loop("mesh", Failed, options.Time, options.Log).Run(Read, ended);
    }

    private async Task<TimeSpan?> Read(CancellationToken ended)
    {
        try
        {
            var read = await MeshReader.Read(server, settings(), ended);
            foreach (var notice in read.Notices.Except(last.Notices, StringComparer.Ordinal))
                options.Log.WriteLine(Shown.Clean(notice));
            last = read;
            changed();
        }
        catch (ApiException e)
        {
            options.Log.WriteLine(Shown.Clean($"Istio's configuration could not be read, what was read last holds: {e.Message}"));
        }
        return MeshReader.Pause;
    }
}
