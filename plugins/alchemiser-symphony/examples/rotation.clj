(defsymphony "Rotation with a way out"
  {:asset-class "EQUITIES", :rebalance-frequency :weekly}
  (weight-equal
    [(if (> (rsi "QQQ" {:window 10}) 79)
       [(asset "UVXY" nil)]
       [(if (> (current-price "SPY") (moving-average-price "SPY" {:window 200}))
          [(filter (cumulative-return {:window 60}) (select-top 2)
             [(asset "QQQ" nil) (asset "XLK" nil) (asset "XLV" nil)
              (group "Calm" [(weight-inverse-volatility 20 [(asset "GLD" nil) (asset "TLT" nil)])])])]
          [(asset "BIL" nil)])])]))
