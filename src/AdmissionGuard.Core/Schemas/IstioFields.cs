namespace AdmissionGuard.Core.Schemas;

/// <summary>Fields of Istio's kinds, as istio/api of 2026-08-22 has them.</summary>
/// <remarks>See docs/facts/kubernetes-admission.md#fields-of-a-kind.</remarks>
internal static class IstioFields
{
    /// <summary>networking.istio.io, all three versions alike.</summary>
    public const string VirtualService = """
        {exportTo[s,gateways[s,hosts[s,http[{corsPolicy{allowCredentials:b,allowHeaders[s,allowMethods[s,allowOrigin[s,allowOrigins[{exact:s,
        prefix:s,regex:s},exposeHeaders[s,maxAge:s,unmatchedPreflights:s},delegate{name:s,namespace:s},directResponse{body{bytes:s,string:s},
        status:i},fault{abort{grpcStatus:s,http2Error:s,httpStatus:i,percentage{value:n}},delay{exponentialDelay:s,fixedDelay:s,percent:i,
        percentage{value:n}}},headers{request{add<s,remove[s,set<s},response{add<s,remove[s,set<s}},match[{authority{exact:s,prefix:s,regex:s},
        gateways[s,headers<{exact:s,prefix:s,regex:s},ignoreUriCase:b,method{exact:s,prefix:s,regex:s},name:s,port:i,queryParams<{exact:s,
        prefix:s,regex:s},scheme{exact:s,prefix:s,regex:s},sourceLabels<s,sourceNamespace:s,statPrefix:s,uri{exact:s,prefix:s,regex:s},
        withoutHeaders<{exact:s,prefix:s,regex:s}},mirror{host:s,port{number:i},subset:s},mirrorPercent:i,mirrorPercentage{value:n},
        mirror_percent:i,mirrors[{destination{host:s,port{number:i},subset:s},percentage{value:n}},name:s,redirect{authority:s,derivePort:s,
        port:i,prefixRewrite:s,redirectCode:i,scheme:s,uri:s},retries{attempts:i,backoff:s,perTryTimeout:s,retryIgnorePreviousHosts:b,retryOn:s,
        retryRemoteLocalities:b},rewrite{authority:s,uri:s,uriRegexRewrite{match:s,rewrite:s}},route[{destination{host:s,port{number:i},subset:s},
        headers{request{add<s,remove[s,set<s},response{add<s,remove[s,set<s}},weight:i},timeout:s},tcp[{match[{destinationSubnets[s,gateways[s,
        port:i,sourceLabels<s,sourceNamespace:s,sourceSubnet:s},route[{destination{host:s,port{number:i},subset:s},weight:i}},tls[{match[{
        destinationSubnets[s,gateways[s,port:i,sniHosts[s,sourceLabels<s,sourceNamespace:s},route[{destination{host:s,port{number:i},subset:s},
        weight:i}}}
        """;

    /// <summary>networking.istio.io, all three versions alike.</summary>
    public const string DestinationRule = """
        {exportTo[s,host:s,subsets[{labels<s,name:s,trafficPolicy{connectionPool{http{h2UpgradePolicy:s,http1MaxPendingRequests:i,http2KeepAlive{
        interval:s,timeout:s},http2MaxRequests:i,idleTimeout:s,maxConcurrentStreams:i,maxRequestsPerConnection:i,maxRetries:i,useClientProtocol:b}
        ,tcp{connectTimeout:s,idleTimeout:s,maxConnectionDuration:s,maxConnections:i,tcpKeepalive{interval:s,probes:i,time:s}}},loadBalancer{
        backendUtilization{errorUtilizationPenaltyPercent:i,metricNamesForComputingUtilization[s,weightExpirationPeriod:s,
        weightStabilizationPeriod:s,weightUpdatePeriod:s},consistentHash{httpCookie{attributes[{name:s,value:s},name:s,path:s,ttl:s},
        httpHeaderName:s,httpQueryParameterName:s,maglev{tableSize:i},minimumRingSize:i,ringHash{minimumRingSize:i},useSourceIp:b},
        localityLbSetting{distribute[{from:s,to<i},enabled:b,failover[{from:s,to:s},failoverPriority[s},simple:s,warmup{aggression:n,duration:s,
        minimumPercent:n},warmupDurationSecs:s,zoneAwareLbSetting{enabled:b,failover[{from:s,to:s},failoverPriority[s,minClusterSize:i}},
        outlierDetection{baseEjectionTime:s,consecutive5xxErrors:i,consecutiveErrors:i,consecutiveGatewayErrors:i,
        consecutiveLocalOriginFailures:i,interval:s,maxEjectionPercent:i,minHealthPercent:i,outlierDetectionHttpErrorCodes[i,
        splitExternalLocalOriginErrors:b},portLevelSettings[{connectionPool{http{h2UpgradePolicy:s,http1MaxPendingRequests:i,http2KeepAlive{
        interval:s,timeout:s},http2MaxRequests:i,idleTimeout:s,maxConcurrentStreams:i,maxRequestsPerConnection:i,maxRetries:i,useClientProtocol:b}
        ,tcp{connectTimeout:s,idleTimeout:s,maxConnectionDuration:s,maxConnections:i,tcpKeepalive{interval:s,probes:i,time:s}}},loadBalancer{
        backendUtilization{errorUtilizationPenaltyPercent:i,metricNamesForComputingUtilization[s,weightExpirationPeriod:s,
        weightStabilizationPeriod:s,weightUpdatePeriod:s},consistentHash{httpCookie{attributes[{name:s,value:s},name:s,path:s,ttl:s},
        httpHeaderName:s,httpQueryParameterName:s,maglev{tableSize:i},minimumRingSize:i,ringHash{minimumRingSize:i},useSourceIp:b},
        localityLbSetting{distribute[{from:s,to<i},enabled:b,failover[{from:s,to:s},failoverPriority[s},simple:s,warmup{aggression:n,duration:s,
        minimumPercent:n},warmupDurationSecs:s,zoneAwareLbSetting{enabled:b,failover[{from:s,to:s},failoverPriority[s,minClusterSize:i}},
        outlierDetection{baseEjectionTime:s,consecutive5xxErrors:i,consecutiveErrors:i,consecutiveGatewayErrors:i,
        consecutiveLocalOriginFailures:i,interval:s,maxEjectionPercent:i,minHealthPercent:i,outlierDetectionHttpErrorCodes[i,
        splitExternalLocalOriginErrors:b},port{number:i},tls{caCertificates:s,caCrl:s,clientCertificate:s,credentialName:s,insecureSkipVerify:b,
        mode:s,privateKey:s,sni:s,subjectAltNames[s}},proxyProtocol{version:s},retryBudget{budgetInterval:s,minRetryConcurrency:i,percent:n},tls{
        caCertificates:s,caCrl:s,clientCertificate:s,credentialName:s,insecureSkipVerify:b,mode:s,privateKey:s,sni:s,subjectAltNames[s},tunnel{
        protocol:s,targetHost:s,targetPort:i}}},trafficPolicy{connectionPool{http{h2UpgradePolicy:s,http1MaxPendingRequests:i,http2KeepAlive{
        interval:s,timeout:s},http2MaxRequests:i,idleTimeout:s,maxConcurrentStreams:i,maxRequestsPerConnection:i,maxRetries:i,useClientProtocol:b}
        ,tcp{connectTimeout:s,idleTimeout:s,maxConnectionDuration:s,maxConnections:i,tcpKeepalive{interval:s,probes:i,time:s}}},loadBalancer{
        backendUtilization{errorUtilizationPenaltyPercent:i,metricNamesForComputingUtilization[s,weightExpirationPeriod:s,
        weightStabilizationPeriod:s,weightUpdatePeriod:s},consistentHash{httpCookie{attributes[{name:s,value:s},name:s,path:s,ttl:s},
        httpHeaderName:s,httpQueryParameterName:s,maglev{tableSize:i},minimumRingSize:i,ringHash{minimumRingSize:i},useSourceIp:b},
        localityLbSetting{distribute[{from:s,to<i},enabled:b,failover[{from:s,to:s},failoverPriority[s},simple:s,warmup{aggression:n,duration:s,
        minimumPercent:n},warmupDurationSecs:s,zoneAwareLbSetting{enabled:b,failover[{from:s,to:s},failoverPriority[s,minClusterSize:i}},
        outlierDetection{baseEjectionTime:s,consecutive5xxErrors:i,consecutiveErrors:i,consecutiveGatewayErrors:i,
        consecutiveLocalOriginFailures:i,interval:s,maxEjectionPercent:i,minHealthPercent:i,outlierDetectionHttpErrorCodes[i,
        splitExternalLocalOriginErrors:b},portLevelSettings[{connectionPool{http{h2UpgradePolicy:s,http1MaxPendingRequests:i,http2KeepAlive{
        interval:s,timeout:s},http2MaxRequests:i,idleTimeout:s,maxConcurrentStreams:i,maxRequestsPerConnection:i,maxRetries:i,useClientProtocol:b}
        ,tcp{connectTimeout:s,idleTimeout:s,maxConnectionDuration:s,maxConnections:i,tcpKeepalive{interval:s,probes:i,time:s}}},loadBalancer{
        backendUtilization{errorUtilizationPenaltyPercent:i,metricNamesForComputingUtilization[s,weightExpirationPeriod:s,
        weightStabilizationPeriod:s,weightUpdatePeriod:s},consistentHash{httpCookie{attributes[{name:s,value:s},name:s,path:s,ttl:s},
        httpHeaderName:s,httpQueryParameterName:s,maglev{tableSize:i},minimumRingSize:i,ringHash{minimumRingSize:i},useSourceIp:b},
        localityLbSetting{distribute[{from:s,to<i},enabled:b,failover[{from:s,to:s},failoverPriority[s},simple:s,warmup{aggression:n,duration:s,
        minimumPercent:n},warmupDurationSecs:s,zoneAwareLbSetting{enabled:b,failover[{from:s,to:s},failoverPriority[s,minClusterSize:i}},
        outlierDetection{baseEjectionTime:s,consecutive5xxErrors:i,consecutiveErrors:i,consecutiveGatewayErrors:i,
        consecutiveLocalOriginFailures:i,interval:s,maxEjectionPercent:i,minHealthPercent:i,outlierDetectionHttpErrorCodes[i,
        splitExternalLocalOriginErrors:b},port{number:i},tls{caCertificates:s,caCrl:s,clientCertificate:s,credentialName:s,insecureSkipVerify:b,
        mode:s,privateKey:s,sni:s,subjectAltNames[s}},proxyProtocol{version:s},retryBudget{budgetInterval:s,minRetryConcurrency:i,percent:n},tls{
        caCertificates:s,caCrl:s,clientCertificate:s,credentialName:s,insecureSkipVerify:b,mode:s,privateKey:s,sni:s,subjectAltNames[s},tunnel{
        protocol:s,targetHost:s,targetPort:i}},workloadSelector{matchLabels<s}}
        """;

    /// <summary>networking.istio.io, all three versions alike.</summary>
    public const string ServiceEntry = """
        {addresses[s,endpoints[{address:s,labels<s,locality:s,network:s,ports<i,serviceAccount:s,weight:i},exportTo[s,hosts[s,location:s,ports[{
        name:s,number:i,protocol:s,targetPort:i},resolution:s,subjectAltNames[s,workloadSelector{labels<s}}
        """;
}
